"""Pages inside LINE. No trailing slashes: LIFF pages must not be redirected before start-up."""

from django.urls import path

from liff import views

urlpatterns = [
    path("", views.start, name="liff"),
    path("/complaint", views.complaint, name="liff-complaint"),
    path("/track", views.track, name="liff-track"),
    path("/track/<str:number>", views.track, name="liff-track-case"),
    path("/emergency", views.emergency, name="liff-emergency"),
]
