"""What the account itself holds to: one address, no side door of Django's, changes kept."""

import pytest
from django.db import IntegrityError

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_two_accounts_cannot_share_an_address_whatever_its_letters():
    User.objects.create_user("li@example.org")

    with pytest.raises(IntegrityError):
        User.objects.create(email="LI@example.org")


def test_djangos_permissions_open_nothing_not_even_for_a_superuser():
    root = User.objects.create_superuser("root@example.org", "a long walk by the lake")

    assert not root.has_perm("training.view_trainee")
    assert not root.has_module_perms("training")


def test_what_an_account_may_is_kept_with_every_change():
    li = User.objects.create_user("li@example.org")
    li.is_staff = True
    li.save()
    User.objects.filter(pk=li.pk).update(is_superuser=True)
    li.refresh_from_db()
    li.name = "Li Wen"
    li.save()

    kept = li.changes.order_by("pgh_id").values_list("pgh_label", "is_staff", "is_superuser")
    assert list(kept) == [("insert", False, False), ("update", True, False), ("update", True, True)]
