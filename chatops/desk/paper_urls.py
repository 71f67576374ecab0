"""Addresses of a chat's papers and of the statistics, beside the admin's own."""

from django.contrib import admin
from django.urls import path

from chatops.desk import papers, statistics_page

_wrap = admin.site.admin_view
urlpatterns = [
    path("chatcase/<int:pk>/sheet/", _wrap(papers.print_sheet), name="chat-print-sheet"),
    path("chatcase/<int:pk>/memo/", _wrap(papers.print_memo), name="chat-print-memo"),
    path("statistics/", _wrap(statistics_page.page), name="chat-statistics"),
    path("statistics/csv/", _wrap(statistics_page.spreadsheet), name="chat-statistics-csv"),
    path("statistics/pdf/", _wrap(statistics_page.paper), name="chat-statistics-pdf"),
]
