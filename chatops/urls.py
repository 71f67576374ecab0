"""LINE's addresses."""

from django.urls import path

from chatops.webhook import webhook

urlpatterns = [
    path("webhook", webhook, name="line-webhook"),
    path("webhook/<slug:channel>", webhook, name="line-webhook-of-channel"),
]
