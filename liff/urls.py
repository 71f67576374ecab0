"""Pages inside LINE. No trailing slashes: LIFF pages must not be redirected before start-up."""

from django.urls import path

from liff import views

urlpatterns = [
    path("liff", views.start, name="liff"),
    # LINE may put the slash there when a link has no path of its own.
    path("liff/", views.start),
    path("liff/complaint", views.complaint, name="liff-complaint"),
    path("liff/track", views.track, name="liff-track"),
    path("liff/track/<str:number>", views.track, name="liff-track-case"),
    path("liff/payment", views.payment, name="liff-payment"),
    path("liff/payment/<str:number>", views.payment, name="liff-payment-notice"),
    path("liff/taxes", views.taxes, name="liff-taxes"),
    path("liff/emergency", views.emergency, name="liff-emergency"),
    path("liff/privacy", views.privacy, name="liff-privacy"),
]
