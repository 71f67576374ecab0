"""Addresses of a chat's papers, beside the admin's own."""

from django.contrib import admin
from django.urls import path

from chatops.desk import papers

_wrap = admin.site.admin_view
urlpatterns = [
    path("chatcase/<int:pk>/sheet/", _wrap(papers.print_sheet), name="chat-print-sheet"),
    path("chatcase/<int:pk>/memo/", _wrap(papers.print_memo), name="chat-print-memo"),
]
