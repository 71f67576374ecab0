"""Addresses of receipts. Their tokens are what `secrets.token_urlsafe` makes."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [
    path("receipts/<str:token>.pdf", views.receipt_pdf, name="receipt_pdf"),
    path("receipts/<str:token>.jpg", views.receipt_picture, name="receipt_picture"),
    path("verify/<str:token>", views.verify, name="verify"),
]
