"""Settings come from the environment, prefix TRAINING_; the README lists each of them."""

import os
from pathlib import Path

import dj_database_url
import pghistory
from django.utils.translation import gettext_lazy as _

from training.management.embedded_postgres import Cluster

ROOT = Path(__file__).resolve().parent.parent
DEMO = os.environ.get("TRAINING_DEMO") == "1"
SECRET_KEY = os.environ.get("TRAINING_SECRET_KEY", "development only")
ENCRYPTION_KEYS = os.environ.get("TRAINING_ENCRYPTION_KEYS", "development only").split(",")
DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
VAR = Path(os.environ.get("TRAINING_VAR", ROOT / "var"))

INSTALLED_APPS = [
    "training",  # before the admin: our admin templates come first
    "accounts",
    "django.contrib.admin",
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
    "django_structlog",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "training.urls"
WSGI_APPLICATION = "training.wsgi.application"

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
                "django.template.context_processors.i18n",
            ],
        },
    },
]



def database() -> dict[str, object]:
    """DATABASE_URL, else the embedded server, which starts when it is first asked."""
    if url := os.environ.get("DATABASE_URL"):
        return {**dj_database_url.parse(url)}
    return {
        "ENGINE": "training.management.embedded",
        "NAME": "postgres",  # always there
        "CLUSTER": Cluster(VAR / "postgres"),
    }


DATABASES = {"default": database()}

AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [ROOT / "training" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"

CRISPY_ALLOWED_TEMPLATE_PACKS = ["cohort"]
CRISPY_TEMPLATE_PACK = "cohort"

# What changed on any row, deletions too; read beside the row as its `changes`.
PGHISTORY_DEFAULT_TRACKERS = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
PGHISTORY_OBJ_FIELD = pghistory.ObjForeignKey(related_name="changes")
