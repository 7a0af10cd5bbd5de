"""The product's settings, with what tests need: a fast server of their own, and known secrets."""

import os

os.environ["TRAINING_SECRET_KEY"] = "known to everybody who reads the tests"
os.environ["TRAINING_ENCRYPTION_KEYS"] = "known to everybody who reads the tests"

from training.management.embedded_postgres import Cluster  # noqa: E402
from training.settings import *  # noqa: E402, F403
from training.settings import DATABASES, VAR  # noqa: E402

if "CLUSTER" in DATABASES["default"]:
    DATABASES["default"]["CLUSTER"] = Cluster(VAR / "postgres-for-tests", forgetful=True)
    DATABASES["default"]["TEST"] = {"NAME": "test_cohort"}
