"""The Celery application: an alarm clock, never the keeper of a job."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bannmae.settings")

app = Celery("bannmae")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
