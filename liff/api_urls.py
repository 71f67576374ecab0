"""Addresses under /api/v1, without trailing slashes."""

from django.urls import path, re_path

from liff.api.base import Unknown
from liff.api.categories import CategoriesView
from liff.api.complaints import (
    AdditionsView,
    ComplaintsView,
    ComplaintView,
    FeedbackView,
    WithdrawView,
)
from liff.api.payments import (
    PaymentNoticesView,
    PaymentNoticeView,
    PaymentRequestView,
    ReceiptsView,
    RevenuesView,
)
from liff.api.photos import PhotosView, ThumbnailView, UploadView
from liff.api.schema import SchemaView
from liff.api.sessions import MeView, SessionView
from liff.api.taxes import TaxesView, TaxProofsView, TaxProofView

urlpatterns = [
    path("schema", SchemaView.as_view(), name="api-schema"),
    path("session", SessionView.as_view(), name="api-session"),
    path("me", MeView.as_view(), name="api-me"),
    path("categories", CategoriesView.as_view(), name="api-categories"),
    path("photos", PhotosView.as_view(), name="api-photos"),
    path("photos/<str:token>", UploadView.as_view(), name="api-photo"),
    path("photos/<str:token>/thumbnail", ThumbnailView.as_view(), name="api-photo-thumbnail"),
    path("complaints", ComplaintsView.as_view(), name="api-complaints"),
    path("complaints/<str:number>", ComplaintView.as_view(), name="api-complaint"),
    path("complaints/<str:number>/feedback", FeedbackView.as_view(), name="api-feedback"),
    path("complaints/<str:number>/withdraw", WithdrawView.as_view(), name="api-withdraw"),
    path("complaints/<str:number>/additions", AdditionsView.as_view(), name="api-additions"),
    path("revenues", RevenuesView.as_view(), name="api-revenues"),
    path("payment-notices", PaymentNoticesView.as_view(), name="api-payment-notices"),
    path("payment-notices/<str:number>", PaymentNoticeView.as_view(), name="api-payment-notice"),
    path("payment-requests/<str:number>", PaymentRequestView.as_view(), name="api-payment-request"),
    path("receipts", ReceiptsView.as_view(), name="api-receipts"),
    path("taxes", TaxesView.as_view(), name="api-taxes"),
    path("tax-proofs", TaxProofsView.as_view(), name="api-tax-proofs"),
    path("tax-proofs/<str:link>", TaxProofView.as_view(), name="api-tax-proof"),
    re_path(r"^.*$", Unknown.as_view()),
]
