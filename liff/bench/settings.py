"""The product's settings with one address more: the bare view that it is measured beside."""

from bannmae.settings import *  # noqa: F403

ROOT_URLCONF = "liff.bench.urls"
