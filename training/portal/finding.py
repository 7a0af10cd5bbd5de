"""Finding a session by its address: one page for everybody, and drafts for those who prepare them.

The public's view is asked first: nearly every session is public, and asking what a reader may
see costs more than the session itself.
"""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from training.agenda.fingerprints import with_fingerprint
from training.agenda.models import AgendaItem
from training.agenda.querysets import AgendaItemQuerySet
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet, Visitor
from training.enrolment.asked import with_what_is_asked
from training.enrolment.own import with_own_enrolment, with_own_nomination

THE_PUBLIC = AnonymousUser()


def public_sessions() -> TrainingSessionQuerySet:
    """What lists show, to whomever; drafts are at home in the admin."""
    sessions: TrainingSessionQuerySet = TrainingSession.objects.visible_to(THE_PUBLIC)
    return sessions


def session_to_enrol_in(slug: str, reader: Visitor = THE_PUBLIC) -> TrainingSession:
    """The public session with this address, with what it asks; else a 404.

    For a reader who is signed in it has `own_nomination`, the reference of what waits to be confirmed.
    """
    sessions = with_what_is_asked(public_sessions())
    return _first_or_404(with_own_nomination(sessions, reader) if reader.is_authenticated else sessions, slug)


def session_to_show(slug: str, reader: Visitor) -> TrainingSession:
    """The session with its fingerprint, a draft for its organisers and staff only; else a 404.

    For somebody who is signed in it has `own_enrolment`, the key of the newest one, and
    `own_nomination`, the reference of what waits to be confirmed.
    """
    public = with_fingerprint(public_sessions())
    if not reader.is_authenticated:
        return _first_or_404(public, slug)
    own = with_own_nomination(with_own_enrolment(public, reader), reader)
    found: TrainingSession | None = own.filter(slug=slug).order_by().first()
    return found or _first_or_404(with_fingerprint(TrainingSession.objects.visible_to(reader)), slug)


def items_to_show(session: TrainingSession, reader: Visitor) -> AgendaItemQuerySet:
    """The published items; of a draft that the reader may see, all of them."""
    if session.status != TrainingSession.Status.DRAFT:
        reader = THE_PUBLIC
    items: AgendaItemQuerySet = AgendaItem.objects.visible_to(reader).filter(session=session)
    return items


def _first_or_404(sessions: TrainingSessionQuerySet, slug: str) -> TrainingSession:
    session: TrainingSession | None = sessions.filter(slug=slug).order_by().first()
    if session is None:
        raise Http404
    return session
