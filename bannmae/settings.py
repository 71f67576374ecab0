"""Settings of the product. Every variable is documented in `.env.example`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from bannmae.environment import BASE_DIR, SIMULATED_TOKEN_PREFIX, is_loopback, load

env, VAR_DIR, ON_PURPOSE = load()
BUILD_DIR = BASE_DIR / "build"
TESTING = "pytest" in sys.modules

# -- who we are ---------------------------------------------------------------------
DEBUG = env.switch("DEBUG", default=False)
PORT = env.port("PORT", default=8000)
PUBLIC_URL = env.address("PUBLIC_URL", default=f"http://localhost:{PORT}", origin=True)
_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = sorted(
    {_public.hostname, *env.value("ALLOWED_HOSTS", kind="list", default=[])}
    | ({"localhost", "127.0.0.1", "[::1]"} if not HTTPS else set())
)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# -- secrets ------------------------------------------------------------------------


def required(name: str) -> str:
    """Return the value of a variable without which the service cannot start."""
    value = env.value(name, default="").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: the service cannot start without it")
    return value


SECRET_KEY = required("SECRET_KEY")
FIELD_KEYS = [key.strip() for key in required("FIELD_KEYS").split(",") if key.strip()]
if not FIELD_KEYS:
    raise ImproperlyConfigured("FIELD_KEYS holds no key")
for _key in FIELD_KEYS:
    try:
        from cryptography.fernet import Fernet

        Fernet(_key)
    except ValueError as _error:
        raise ImproperlyConfigured("FIELD_KEYS holds something that is no Fernet key") from _error
DEMO_PASSWORD = env.value("DEMO_PASSWORD", default="")

# -- LINE ---------------------------------------------------------------------------
SIMULATOR = env.switch("SIMULATOR", default=False)
LINE_CHANNEL_SECRETS = [
    secret.strip()
    for secret in env.value("LINE_CHANNEL_SECRET", default="").split(",")
    if secret.strip()
]
LINE_CHANNEL_ACCESS_TOKEN = env.value("LINE_CHANNEL_ACCESS_TOKEN", default="")
LINE_LOGIN_CHANNEL_ID = env.value("LINE_LOGIN_CHANNEL_ID", default="")
LIFF_ID = env.value("LIFF_ID", default="")
LINE_API_URL = env.address(
    "LINE_API_URL", default=f"http://127.0.0.1:{PORT + 1}" if SIMULATOR else ""
)
if SIMULATOR:
    if not is_loopback(LINE_API_URL):
        raise ImproperlyConfigured("SIMULATOR=on needs a LINE_API_URL on this machine")
    if (
        LINE_CHANNEL_ACCESS_TOKEN
        and not LINE_CHANNEL_ACCESS_TOKEN.startswith(SIMULATED_TOKEN_PREFIX)
        and "LINE_API_URL" not in ON_PURPOSE
    ):
        raise ImproperlyConfigured(
            "SIMULATOR=on beside real channel credentials: unset LINE_CHANNEL_ACCESS_TOKEN, "
            "or set SIMULATOR=off"
        )
elif LINE_CHANNEL_ACCESS_TOKEN.startswith(SIMULATED_TOKEN_PREFIX) and not LINE_API_URL:
    # What an earlier run made for its simulator is nothing to show to LINE.
    LINE_CHANNEL_ACCESS_TOKEN, LINE_CHANNEL_SECRETS = "", []
if TESTING:
    # Nothing leaves the machine by mistake: a test that talks to LINE starts a simulator.
    SIMULATOR, LINE_API_URL = False, "http://127.0.0.1:9"
    LINE_CHANNEL_SECRETS, LINE_CHANNEL_ACCESS_TOKEN = ["test-secret"], "simulator-test"
    LINE_LOGIN_CHANNEL_ID, LIFF_ID = "2000000000", "2000000000-testliff"
SIMULATOR_PORT = urlsplit(LINE_API_URL).port if SIMULATOR else None
LIFF_SDK_URL = env.address("LIFF_SDK_URL") or (
    f"http://localhost:{SIMULATOR_PORT}/liff/sdk.js"
    if SIMULATOR
    else "https://static.line-scdn.net/liff/edge/2/sdk.js"
)
AI_BASE_URL = env.address("AI_BASE_URL")
AI_MODEL = env.value("AI_MODEL", default="")
AI_API_KEY = env.value("AI_API_KEY", default="")
THROTTLE = env.switch("THROTTLE", default=True)

# -- applications -------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the theme without its own site: ours is the default one
    "unfold.contrib.filters",
    "bannmae.staff_site_config.StaffSiteConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "solo",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "bannmae",
    "chatops",
    "complaints",
    "payments",
    "liff",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "chatops.webhook.WebhookMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bannmae.language.ApiLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bannmae.accounts.PasswordChangeMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bannmae.urls"
WSGI_APPLICATION = "bannmae.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

# -- data ---------------------------------------------------------------------------
_database_url = env.value("DATABASE_URL", default="") or f"sqlite:///{VAR_DIR / 'db.sqlite3'}"
if _database_url.partition(":")[0] not in {"sqlite", "postgres", "postgresql"}:
    raise ImproperlyConfigured("DATABASE_URL must be sqlite:// or postgres://")
try:
    urlsplit(_database_url)  # refuses brackets that do not match
    _database = env.db_url_config(_database_url)
except Exception as _error:  # django-environ raises many kinds here, and some tell the password
    raise ImproperlyConfigured(
        "DATABASE_URL cannot be read (is a special letter of its password not %-encoded?)"
    ) from _error
if _database["ENGINE"].endswith("sqlite3"):
    _database["ENGINE"] = "bannmae.sqlite"
    # The default (deferred) transactions of SQLite lose most concurrent writes.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    _database["CONN_MAX_AGE"] = None
    if TESTING:
        # A file, not memory: worker, web and browser tests share it between threads.
        _database["TEST"] = {"NAME": VAR_DIR / f"test-{os.getpid()}.sqlite3"}
else:
    _database["OPTIONS"] = _database.get("OPTIONS", {}) | {
        "pool": {"min_size": 1, "max_size": 10, "timeout": 10}
    }
    # A connection that a restart of PostgreSQL killed is replaced, not handed out.
    _database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STORAGE_URL = env.address("STORAGE_URL", schemes=["s3"])
_storage: dict[str, object] = {
    "BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {
        "location": str(VAR_DIR / "media"),
        "base_url": None,  # never served by address: only through views that ask who is there
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    },
}
if STORAGE_URL:
    _place = urlsplit(STORAGE_URL)
    _storage = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": _place.hostname,
            "location": _place.path.strip("/"),
            "default_acl": "private",
            "querystring_auth": True,
            "file_overwrite": False,
            "endpoint_url": env.address("AWS_S3_ENDPOINT_URL") or None,
        },
    }
STORAGES = {
    "default": _storage,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # JSON and forms; files are counted by the photo intake
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

# In each process, never over the network: pages must work while Redis is away. So a limit of
# the throttle is per web process, and an edited profile is seen within SOLO_CACHE_TIMEOUT.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},  # the default 300 would forget throttle counts
    }
}

# -- static files -------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "staticfiles"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a missing one
STATICFILES_DIRS = [path for path in [BUILD_DIR / "static"] if path.exists()]
WHITENOISE_USE_FINDERS = TESTING or DEBUG

# -- people -------------------------------------------------------------------------
AUTH_USER_MODEL = "bannmae.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    # Argon2 is slow on purpose; hundreds of test sign-ins need not pay for it.
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 3600  # an officer signs in once a working day
SESSION_SAVE_EVERY_REQUEST = False
AXES_ENABLED = THROTTLE
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
# Both together. By address alone, one officer's wrong passwords would lock out the whole office,
# which shares one public address; by name alone, anybody anywhere could lock out anybody.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "admin/locked_out.html"
# One rule for whose address it is: behind the TLS front the one that the front saw.
AXES_CLIENT_IP_CALLABLE = "bannmae.access_log.client_ip"

SOLO_CACHE = "default"  # the profile: read by every message and page
SOLO_CACHE_TIMEOUT = 10  # seconds until an edit is seen by the other processes

# -- language and time --------------------------------------------------------------
LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "bannmae" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Bangkok"

# -- the browser's rules ------------------------------------------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
APPEND_SLASH = True

# -- jobs ---------------------------------------------------------------------------
REDIS_URL = env.address("REDIS_URL", schemes=["redis", "rediss"])
_broker_dir = VAR_DIR / "broker"
if TESTING:
    CELERY_BROKER_URL = "memory://"
elif REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_connect_timeout": 0.3,
        "socket_timeout": 5,
        "visibility_timeout": 600,
    }
else:
    for _folder in ("queue", "control"):
        (_broker_dir / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost/"
    CELERY_BROKER_TRANSPORT = "bannmae.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_dir / "queue"),
        "data_folder_out": str(_broker_dir / "queue"),
        "control_folder": str(_broker_dir / "control"),
        "polling_interval": 0.05,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # nobody commands workers over the broker
CELERY_TASK_PUBLISH_RETRY = False  # the sweep finds what nobody was woken for
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_PREFETCH_MULTIPLIER = 16
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "bannmae.beat:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "chatops.tasks.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "fetch-contents": {
        "task": "chatops.tasks.fetch_contents",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "tell-staff": {
        "task": "chatops.tasks.tell_staff",
        "schedule": 10.0,
        "options": {"expires": 10},
    },
    "sync-rich-menu": {"task": "chatops.tasks.sync_rich_menu", "schedule": 24 * 3600.0},
    "watch-channels": {"task": "chatops.tasks.watch_channels", "schedule": 60.0},
    "forget-old-events": {
        "task": "chatops.tasks.forget_old_events",
        "schedule": 24 * 3600.0,
    },
    "forget-old-questions": {
        "task": "chatops.tasks.forget_old_questions",
        "schedule": 24 * 3600.0,
    },
    "forget-national-ids": {
        "task": "complaints.tasks.forget_national_ids",
        "schedule": 24 * 3600.0,
    },
    "tick-chats": {
        "task": "chatops.tasks.tick_chats",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "draw-papers": {
        "task": "payments.tasks.draw_papers",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "read-slips": {
        "task": "payments.tasks.read_slips",
        "schedule": 2.0,
        "options": {"expires": 2},
    },
    "send-reminders": {
        "task": "payments.tasks.send_reminders",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "draw-registers": {
        "task": "payments.tasks.draw_registers",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "forget-what-is-done-with": {
        "task": "payments.tasks.forget_what_is_done_with",
        "schedule": 24 * 3600.0,
    },
    "expire-proposals": {"task": "complaints.tasks.expire_proposals", "schedule": 3600.0},
    "forget-unused-uploads": {"task": "liff.tasks.forget_unused_uploads", "schedule": 3600.0},
}

# -- mail, errors, logs -------------------------------------------------------------
vars().update(env.mail("EMAIL_URL"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"mask": {"()": "bannmae.privacy.logging.MaskingFilter"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["mask"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"level": "INFO"} for name in ("bannmae", "chatops", "complaints", "payments", "liff")
    },
}
SENTRY_DSN = env.value("SENTRY_DSN", default="")
if SENTRY_DSN and not TESTING:
    from bannmae import error_reports

    error_reports.start(SENTRY_DSN)

# -- API ----------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "liff.authentication.BearerAuthentication",
        "liff.authentication.ResidentSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["liff.authentication.IsResident"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["liff.throttling.ResidentThrottle"] if THROTTLE else [],
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
    "NUM_PROXIES": 1 if HTTPS else 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "เทศบาลตำบลบ้านแม – API ของหน้าใน LINE",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "ENUM_NAME_OVERRIDES": {
        "RequirementEnum": "complaints.models.Requirement",
        "CategoryKindEnum": "complaints.models.Category.Kind",
        "StepKindEnum": "complaints.models.TimelineEntry.Kind",
        "StatusEnum": "complaints.models.Status",
        "PaymentStatusEnum": "payments.models.Status",
    },
}

# -- the admin's look ---------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "เทศบาลตำบลบ้านแม",
    "SITE_HEADER": "เทศบาลตำบลบ้านแม",
    "SITE_SUBHEADER": "ระบบงานเจ้าหน้าที่",
    "SITE_SYMBOL": "account_balance",
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [
        lambda request: static("complaints/desk.css"),
        lambda request: static("chatops/alerts.css"),
    ],
    "SCRIPTS": [
        lambda request: static("complaints/desk.js"),
        lambda request: static("chatops/alerts.js"),
    ],
    "COLORS": {
        # The blue of the cards, from light to dark.
        "primary": {
            "50": "#eef6fb",
            "100": "#d9eaf5",
            "200": "#b5d5ea",
            "300": "#84b9da",
            "400": "#4e97c4",
            "500": "#2f7bac",
            "600": "#1f5f8b",
            "700": "#1a4e73",
            "800": "#17405e",
            "900": "#14344c",
            "950": "#0c2233",
        },
    },
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "bannmae.navigation.side_menu",
    },
    "DASHBOARD_CALLBACK": "bannmae.navigation.dashboard",
    "GLOBAL_CALLBACK": "bannmae.navigation.page_context",
    "LOGIN": {"redirect_after": reverse_lazy("admin:index")},
}
Path(VAR_DIR / "media").mkdir(parents=True, exist_ok=True)
SILENCED_SYSTEM_CHECKS: list[str] = []
