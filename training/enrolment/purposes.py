"""What somebody can agree to apart from taking part; each is asked on its own and never ticked before."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    CONTACT_LIST = "contact_list", _("contact list of the class")
    PHOTOS = "photos", _("photos and recordings")
    SENSITIVE = "sensitive", _("sensitive data such as diet or health")
