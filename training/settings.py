"""Settings come from the environment, prefix TRAINING_; the README lists each of them.

One rule: outside the demo nothing unsafe starts. What is missing or wrong is one sentence, and
the demo, which is for one machine only, needs no settings at all.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import dj_database_url
import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from training.management import logs
from training.management.demo_secrets import demo_secret
from training.management.embedded_postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent


def given(name: str, otherwise: str | None = None, *, what: str = "") -> str:
    """What the environment says, else `otherwise`, else a sentence that ends in `what` to give."""
    value = os.environ.get(name, "").strip() or otherwise
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {what} (`make demo` needs no settings.)")
    return value


def given_list(name: str, otherwise: str | None = None, *, what: str = "") -> list[str]:
    """What the environment says, cut at the commas."""
    return [part.strip() for part in given(name, otherwise, what=what).split(",") if part.strip()]


def given_number(name: str, otherwise: int) -> int:
    """A whole number, zero or more."""
    value = given(name, str(otherwise))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is “{value}”: give a whole number.")
    return int(value)


def is_on(name: str) -> bool:
    """1 is on; 0 or nothing is off."""
    value = given(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is “{value}”: give 1 for on or 0 for off.")
    return value == "1"


DEMO = is_on("TRAINING_DEMO")
VAR = Path(given("TRAINING_VAR", str(ROOT / "var"))).absolute()
DEBUG = is_on("TRAINING_DEBUG")
if DEBUG and not DEMO:
    raise ImproperlyConfigured("TRAINING_DEBUG is on: it shows the inside to everybody and is only for the demo.")

# ── Secrets ──────────────────────────────────────────────────────────────────────────────────

SHORTEST_SECRET = 32


def secret(name: str, value: str) -> str:
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name} is too short: give at least {SHORTEST_SECRET} random characters.")
    return value


DEMO_SECRETS = VAR / "demo-secrets.json"
SECRET_KEY = secret(
    "TRAINING_SECRET_KEY",
    given(
        "TRAINING_SECRET_KEY",
        demo_secret("secret key", DEMO_SECRETS) if DEMO else None,
        what="give a long random text, the same to every process.",
    ),
)
ENCRYPTION_KEYS = [  # the first one seals, all of them unseal
    secret("TRAINING_ENCRYPTION_KEYS", key)
    for key in given_list(
        "TRAINING_ENCRYPTION_KEYS",
        demo_secret("encryption key", DEMO_SECRETS) if DEMO else None,
        what="give one long random text, or several with commas, the newest first.",
    )
]

# ── Where it is reached ──────────────────────────────────────────────────────────────────────

LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = (
    LOOPBACK if DEMO else given_list("TRAINING_HOSTS", what="give the host names it is reached by, with commas.")
)
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("TRAINING_HOSTS is “*”: give the host names it is reached by.")

BASE_URL = given(  # begins the links in letters
    "TRAINING_BASE_URL",
    "http://127.0.0.1:8000" if DEMO else f"https://{ALLOWED_HOSTS[0].lstrip('.')}",
).rstrip("/")
ON_HTTPS = BASE_URL.startswith("https://")
if not ON_HTTPS and urlsplit(BASE_URL).hostname not in {"127.0.0.1", "localhost", "::1"}:
    raise ImproperlyConfigured(f"TRAINING_BASE_URL is “{BASE_URL}”: it has to begin with https://.")

TRUSTED_PROXIES = given_number("TRAINING_TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ── Apps and middlewares ─────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "training",  # before the admin: our admin templates come first
    "accounts",
    "django.contrib.admin.apps.SimpleAdminConfig",  # the site is ours: training/admin_site.py
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "training.management.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before WhiteNoise: a picture can carry script, too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "training.urls"
WSGI_APPLICATION = "training.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,  # each template is compiled once and kept
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

CRISPY_ALLOWED_TEMPLATE_PACKS = ["cohort"]
CRISPY_TEMPLATE_PACK = "cohort"

PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="changes")
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")  # reading changes nothing

# ── Database, cache, jobs ────────────────────────────────────────────────────────────────────


def database() -> dict[str, Any]:
    """DATABASE_URL; in the demo, without one, the embedded server, which starts when first asked."""
    if DEMO and not os.environ.get("DATABASE_URL"):
        return {
            "ENGINE": "training.management.embedded",
            "NAME": "postgres",  # always there
            "CLUSTER": Cluster(VAR / "postgres"),
        }
    url = given("DATABASE_URL", what="give postgresql://user:password@host/name.")
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL does not begin with postgresql://; nothing else will do.")
    return {**dj_database_url.parse(url)}


DATABASES: dict[str, dict[str, Any]] = {"default": database()}
# A web process keeps its connections, and no request waits for ever; wsgi.py adds these.
WEB_DATABASE_OPTIONS: dict[str, object] = {
    "pool": {"min_size": 1, "max_size": 8, "timeout": 5},
    "connect_timeout": 5,
    "options": ("-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"),
}

CACHES = {
    "default": {  # shared by all processes
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    },
    "computed": {  # each process keeps its own; only what can be computed again
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    },
}

# ── Accounts: sign-in, passwords, second factor ──────────────────────────────────────────────

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["accounts.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.LongEnough"},
    {"NAME": "accounts.passwords.NotCommon"},
    {"NAME": "accounts.passwords.NotYourself"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SECOND_FACTOR_DEMANDED = not DEMO
SESSION_ENGINE = "accounts.web_sessions"
SESSION_COOKIE_AGE = 8 * 60 * 60  # a working day; nobody stays signed in on a shared computer overnight

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]  # who wants a password sets one later
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60  # a letter may take minutes
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = False  # allauth counts in the cache of one process; accounts.throttling counts for all
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "signup": "accounts.forms.SignUpForm",
    "confirm_login_code": "accounts.forms.ConfirmSignInForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmAddressForm",
    "add_email": "accounts.forms.ChangeAddressForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "confirm_password_reset_code": "accounts.forms.ConfirmPasswordResetForm",
    "reset_password_from_key": "accounts.forms.NewPasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "reauthenticate": "accounts.forms.SecondFactorAgainForm",
    "activate_totp": "accounts.forms.SwitchOnSecondFactorForm",
}
MFA_TOTP_TOLERANCE = 1  # one step of thirty seconds, for clocks that differ

# ── Pages: headers, cookies, limits ──────────────────────────────────────────────────────────

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        "upgrade-insecure-requests": ON_HTTPS,
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = ON_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes speak plain HTTP
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ON_HTTPS else 0

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ON_HTTPS
SESSION_COOKIE_NAME = "__Host-session" if ON_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if ON_HTTPS else "csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "training.portal.views.errors.form_not_trusted"

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # ten megabytes in a field still get their sentence
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an agenda of a hundred items on one page
DATA_UPLOAD_MAX_NUMBER_FILES = 40  # thirty lists at once; the thirty-first still gets its sentence
FILE_UPLOAD_HANDLERS = [
    "training.tools.uploads.NotTooMuch",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ── Languages and time ───────────────────────────────────────────────────────────────────────

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "training" / "locale"]
FORMAT_MODULE_PATH = "training.locale"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# ── Files ────────────────────────────────────────────────────────────────────────────────────

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60  # seconds; files with a hash in their name are kept for ever

# ── Letters ──────────────────────────────────────────────────────────────────────────────────

DEFAULT_FROM_EMAIL = SERVER_EMAIL = given(
    "TRAINING_EMAIL_FROM",
    "Cohort <cohort@example.org>" if DEMO else None,
    what="give the sender of letters, such as Cohort <cohort@example.org>.",
)
if DEMO:  # letters are shown at /demo/letters/ and leave nowhere
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    mail_server = urlsplit(given("TRAINING_EMAIL_URL", what="give smtp://user:password@host:587 or smtps://…:465."))
    if mail_server.scheme not in {"smtp", "smtps", "smtp+plain"} or not mail_server.hostname:
        raise ImproperlyConfigured(
            "TRAINING_EMAIL_URL has to begin with smtp:// (upgraded to TLS), smtps:// (TLS from the"
            " start) or smtp+plain:// (a relay on this machine), and to name a host."
        )
    EMAIL_HOST = mail_server.hostname
    EMAIL_PORT = mail_server.port or {"smtp": 587, "smtps": 465, "smtp+plain": 25}[mail_server.scheme]
    EMAIL_HOST_USER = unquote(mail_server.username or "")
    EMAIL_HOST_PASSWORD = unquote(mail_server.password or "")
    EMAIL_USE_TLS = mail_server.scheme == "smtp"
    EMAIL_USE_SSL = mail_server.scheme == "smtps"
EMAIL_TIMEOUT = 20  # seconds

# ── Logs ─────────────────────────────────────────────────────────────────────────────────────

LOGGING = logs.LOGGING
logs.set_up_structlog()
