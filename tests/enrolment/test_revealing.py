import pytest
from django.db import ProgrammingError, transaction

from tests import given
from training.enrolment.models import Reveal
from training.enrolment.revealing import reveal
from training.tools.refusals import Refused

pytestmark = pytest.mark.django_db

NUMBER = "11010519491231002X"


def test_a_number_is_shown_in_full_and_who_read_it_and_why_is_kept():
    enrolment, reader = given.enrolment(identity=given.identity(NUMBER)), given.user()

    shown = reveal(enrolment, Reveal.Value.IDENTITY_NUMBER, purpose=" Hotel list ", by=reader)

    assert shown == NUMBER
    record = Reveal.objects.get()
    assert (record.enrolment, record.by, record.purpose, record.value) == (
        enrolment,
        reader,
        "Hotel list",
        "identity_number",
    )


@pytest.mark.parametrize("purpose", ["", "   "])
def test_without_a_purpose_nothing_is_shown_and_nothing_recorded(purpose):
    enrolment = given.enrolment(identity=given.identity(NUMBER))

    with pytest.raises(Refused, match="Say what you need the number for"):
        reveal(enrolment, Reveal.Value.IDENTITY_NUMBER, purpose=purpose, by=given.user())

    assert not Reveal.objects.exists()


def test_a_number_that_was_never_given_cannot_be_shown():
    with pytest.raises(Refused, match="does not hold the number"):
        reveal(given.enrolment(), Reveal.Value.MOBILE, purpose="Call", by=given.user())


def test_the_record_of_a_reveal_cannot_be_changed_or_deleted():
    enrolment = given.enrolment(mobile=given.mobile("13800001111"))
    reveal(enrolment, Reveal.Value.MOBILE, purpose="Call", by=given.user())

    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Reveal.objects.update(purpose="Nothing")
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        Reveal.objects.all().delete()

    assert Reveal.objects.get().purpose == "Call"
