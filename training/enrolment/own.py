"""What somebody who is signed in has to do with a session or is known as, found along the way.

Written in SQL because every page for people who are signed in asks for it: the same as
querysets takes longer to put into words than to answer.
"""

from django.db.models import BigIntegerField, TextField
from django.db.models.expressions import RawSQL

from accounts.models import User
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet
from training.enrolment.models import Trainee
from training.enrolment.states import OPEN

_NEWEST = """(
    SELECT enrolment.id FROM training_enrolment enrolment
      JOIN training_trainee trainee ON trainee.id = enrolment.trainee_id
     WHERE trainee.user_id = %s AND enrolment.session_id = training_trainingsession.id
     ORDER BY enrolment.applied_at DESC, enrolment.id DESC LIMIT 1)"""

_OPEN_HERE = """(
    SELECT reference FROM training_enrolment
     WHERE trainee_id = training_trainee.id AND session_id = %s AND state = ANY(%s) LIMIT 1)"""

# As `nominations_for()`: sent to an address that is confirmed as the user's, and not taken over yet.
_NOMINATION = """(
    SELECT enrolment.reference FROM training_enrolment enrolment
      JOIN training_trainee trainee ON trainee.id = enrolment.trainee_id AND trainee.is_nominee
      JOIN account_emailaddress address ON address.email = trainee.email AND address.verified
     WHERE address.user_id = %s AND enrolment.session_id = training_trainingsession.id
       AND enrolment.state = ANY(%s) LIMIT 1)"""


def with_own_nomination(sessions: TrainingSessionQuerySet, user: User) -> TrainingSessionQuerySet:
    """Adds `own_nomination`, the reference of what a body sent and `user` has not confirmed yet."""
    waiting = (user.pk, sorted(OPEN))
    return sessions.annotate(own_nomination=RawSQL(_NOMINATION, waiting, TextField()))  # noqa: S611 - parameters


def with_own_enrolment(sessions: TrainingSessionQuerySet, user: User) -> TrainingSessionQuerySet:
    """Adds `own_enrolment`, the key of the newest enrolment of `user` in each session."""
    return sessions.annotate(own_enrolment=RawSQL(_NEWEST, (user.pk,), BigIntegerField()))  # noqa: S611 - a parameter


def known_as(user: User, session: TrainingSession) -> Trainee | None:
    """The user's own record, with the reference of an open enrolment in `session` as `enrolled_as`."""
    here = RawSQL(_OPEN_HERE, (session.pk, sorted(OPEN)), TextField())  # noqa: S611 - parameters
    own: Trainee | None = Trainee.objects.filter(user=user).annotate(enrolled_as=here).order_by().first()
    return own
