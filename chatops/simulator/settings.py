"""Django settings of the simulator's own process. The product's settings are not read."""

from __future__ import annotations

import os
import secrets
from urllib.parse import urlsplit

from chatops.simulator import config

CONFIG = config.read(os.environ)

# Nothing that this process signs has to outlive it.
SECRET_KEY = secrets.token_urlsafe(32)
DEBUG = False
# Names only, against a web page that points a name of its own at this machine.
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    urlsplit(CONFIG.public_url).hostname,
    f"[{CONFIG.bind}]" if ":" in CONFIG.bind else CONFIG.bind,
]
ROOT_URLCONF = "chatops.simulator.urls"
WSGI_APPLICATION = "chatops.simulator.wsgi.application"
INSTALLED_APPS = ["chatops.simulator.apps.SimulatorConfig"]
MIDDLEWARE = [
    "chatops.simulator.middleware.CrossOrigin",
    "chatops.simulator.middleware.MessagingApi",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": CONFIG.database,
        # Each of gunicorn's threads keeps its connection.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"
USE_I18N = False
APPEND_SLASH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    # A 400 is this server's daily bread; only its own faults are worth a line.
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
