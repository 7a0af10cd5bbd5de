"""One short text per session that changes whenever anything changes that its pages show of it.

PostgreSQL gives every version of a row the number of the transaction that wrote it (xmin) and a
place of its own (ctid). The fingerprint is a hash over the keys and these of all rows shown: a
row that is added, changed or taken away gives another one. So what was rendered under a
fingerprint is never stale; after a VACUUM FULL it is made once more. The counters of places are
left out on purpose: they change with every enrolment and are never kept.

Which rows are shown is said once, by the function `fingerprint_of_a_session` in the database.
"""

from hashlib import sha256

from django.db.models import BooleanField, Exists, Func, OuterRef, TextField, Value

from accounts.roles import SEE_DRAFTS
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet, Visitor

COUNTERS = frozenset({"places_held", "places_confirmed", "people_waiting", "last_in_line"})


def with_fingerprint(sessions: TrainingSessionQuerySet, reader: Visitor) -> TrainingSessionQuerySet:
    """Adds what `fingerprint_of` needs to the query for the session itself."""
    rows_shown = Func(
        "pk", "programme_id", "venue_id", "province_id",
        function="fingerprint_of_a_session", output_field=TextField(),
    )  # fmt: skip
    return sessions.annotate(rows_shown=rows_shown, shows_drafts=_sees_drafts(reader))


def fingerprint_of(session: TrainingSession) -> str:
    """The fingerprint of a session that came `with_fingerprint`, for readers of the same rights."""
    own = [getattr(session, name) for name in _OWN_COLUMNS]
    shown = [own, session.rows_shown, session.shows_drafts]  # type: ignore[attr-defined]
    return sha256(repr(shown).encode()).hexdigest()


_OWN_COLUMNS = [field.attname for field in TrainingSession._meta.concrete_fields if field.attname not in COUNTERS]


def _sees_drafts(reader: Visitor) -> Exists | Value:
    if not reader.is_authenticated:
        return Value(value=False, output_field=BooleanField())
    return Exists(TrainingSession.objects.in_care_of(reader, *SEE_DRAFTS).filter(pk=OuterRef("pk")))
