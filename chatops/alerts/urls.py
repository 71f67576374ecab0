"""Addresses of the alerts, beside the admin's own."""

from django.contrib import admin
from django.urls import path

from chatops.alerts import views

urlpatterns = [
    path("alerts/", views.alerts, name="staff-alerts"),
    path("line-link/", admin.site.admin_view(views.line_link), name="staff-line-link"),
    path("line-link/state/", views.line_link_state, name="staff-line-link-state"),
]
