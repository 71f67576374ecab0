"""เทศบาลตำบลบ้านแม: the municipality itself."""

from bannmae.celery import app as celery_app

__all__ = ["celery_app"]
