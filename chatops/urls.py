"""LINE's addresses."""

from django.urls import path

from chatops.desk.pictures import picture
from chatops.webhook import webhook

urlpatterns = [
    path("webhook", webhook, name="line-webhook"),
    path("webhook/<slug:channel>", webhook, name="line-webhook-of-channel"),
    path("pictures/<str:token>-480.jpg", picture, {"small": True}, name="line-picture-480"),
    path("pictures/<str:token>.jpg", picture, name="line-picture"),
]
