from typing import Any

from django.apps import AppConfig
from django.apps import apps as present
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TrainingConfig(AppConfig):
    name = "training"
    verbose_name = _("Training")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_enter_delivered_triggers, sender=self)


def _enter_delivered_triggers(apps: Apps = present, **_more: Any) -> None:
    """Without triggers no letter is written: so they come with the tables, also after those were emptied.

    `apps` is the state that was migrated to; there is nothing to enter at a time before them.
    """
    from training.enrolment.delivered_triggers import enter_delivered_triggers

    if "lettertrigger" in apps.all_models["training"]:
        enter_delivered_triggers()
