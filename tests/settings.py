"""The product's settings as outside the demo, with what tests need: known secrets, a fast server."""

import os

import structlog

for name in [name for name in os.environ if name.startswith("TRAINING_")]:
    del os.environ[name]
os.environ["TRAINING_SECRET_KEY"] = "known to everybody who reads the tests: the secret key"
os.environ["TRAINING_ENCRYPTION_KEYS"] = "known to everybody who reads the tests: the encryption key"
os.environ["TRAINING_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ["TRAINING_BASE_URL"] = "http://localhost"
os.environ["TRAINING_EMAIL_URL"] = "smtp://localhost"
os.environ["TRAINING_EMAIL_FROM"] = "Cohort <cohort@example.org>"
NEVER_ASKED = "postgresql:///never-asked"  # a process of its own, which runs half of the tests, inherits it
has_own_database = os.environ.setdefault("DATABASE_URL", NEVER_ASKED) != NEVER_ASKED

from tests import migrated
from training.management.embedded_postgres import Cluster
from training.settings import *
from training.settings import DATABASES, STATIC_ROOT, VAR

if not has_own_database:
    DATABASES["default"] = {
        "ENGINE": "training.management.embedded",
        "NAME": "postgres",
        "CLUSTER": Cluster(VAR / "postgres-for-tests", forgetful=True),
    }
DATABASES["default"]["TEST"] = {"NAME": "test_cohort", "TEMPLATE": migrated.name()}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise asks for it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SECOND_FACTOR_DEMANDED = False  # tests of the second factor and the access walk turn it on
structlog.configure(cache_logger_on_first_use=False)  # what was logged once before can still be listened to
