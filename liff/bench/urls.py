"""The product's addresses, and the bare view."""

from django.urls import path

from bannmae.urls import urlpatterns as product
from liff.bench.bare import acknowledge

urlpatterns = [path("bench/bare", acknowledge), *product]
