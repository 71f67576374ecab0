"""Addresses of files under /admin/chatops/content/, behind the staff's sign-in."""

from django.contrib import admin
from django.urls import path

from chatops.desk.files import content

_view = admin.site.admin_view(content)
urlpatterns = [
    path("<str:token>/", _view, name="chat-content"),
    path("<str:token>/small/", _view, {"thumbnail": True}, name="chat-thumbnail"),
]
