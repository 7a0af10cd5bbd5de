import pytest
from django.core.management import call_command

from training.catalogue.models import Programme, Province


@pytest.mark.django_db
def test_outside_the_demo_a_new_house_gets_its_tables_and_no_sample(settings, tmp_path, capsys):
    settings.STATIC_ROOT = tmp_path

    call_command("prepare")
    call_command("prepare")

    assert Province.objects.count() == 34
    assert not Programme.objects.exists()
    assert (tmp_path / "cohort.css").exists()
    assert "Loading provinces and categories … " in capsys.readouterr().out
