"""All addresses. This module alone of the room names the other rooms."""

from django.contrib import admin
from django.urls import include, path

from bannmae import health, views

urlpatterns = [
    path("", views.front_door, name="front-door"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/chatops/content/", include("chatops.desk.content_urls")),
    path("admin/chatops/", include("chatops.desk.paper_urls")),
    path("admin/", include("chatops.alerts.urls")),
    path("admin/", admin.site.urls),
    path("line/", include("chatops.urls")),
    path("simulator/", include("chatops.simulator_urls")),
    path("", include("payments.urls")),
    path("", include("liff.urls")),
    path("api/v1/", include("liff.api_urls")),
]
