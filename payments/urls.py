"""Addresses of receipts. Their tokens are what `secrets.token_urlsafe` makes."""

from django.urls import path

from payments import views
from payments.desk.request_picture import picture as request_picture

app_name = "payments"
urlpatterns = [
    path("receipts/<str:token>.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("receipts/<str:token>.jpg", views.receipt_picture, name="receipt_picture"),
    path("verify/<str:token>", views.verify, name="verify"),
    path(
        "payment-requests/<str:token>-480.jpg",
        request_picture,
        {"small": True},
        name="request_preview",
    ),
    path("payment-requests/<str:token>.jpg", request_picture, name="request_picture"),
]
