"""One short text per session that changes whenever anything changes that its pages show of it.

PostgreSQL gives every version of a row the number of the transaction that wrote it (xmin) and a
place of its own (ctid). The fingerprint is a hash over the keys and these of all rows shown: a
row that is added, changed or taken away gives another one. So what was rendered under a
fingerprint is never stale; after a VACUUM FULL it is made once more. The counters of places are
left out on purpose: they change with every enrolment and are never kept.

Which rows are shown is said once, by the function `fingerprint_of_a_session` in the database.
"""

from hashlib import sha256

from django.db.models import Func, TextField

from training.catalogue.models import TrainingSession
from training.catalogue.models.sessions import PURSES
from training.catalogue.querysets import TrainingSessionQuerySet

COUNTERS = frozenset({"places_held", "places_confirmed", "people_waiting", "last_in_line", *PURSES})


def with_fingerprint(sessions: TrainingSessionQuerySet) -> TrainingSessionQuerySet:
    """Adds what `fingerprint_of` needs to the query for the session itself."""
    rows_shown = Func(
        "pk", "programme_id", "venue_id", "province_id",
        function="fingerprint_of_a_session", output_field=TextField(),
    )  # fmt: skip
    return sessions.annotate(rows_shown=rows_shown)


def fingerprint_of(session: TrainingSession) -> str:
    """The fingerprint of a session that came `with_fingerprint`."""
    own = [getattr(session, name) for name in _OWN_COLUMNS]
    return sha256(repr([own, session.rows_shown]).encode()).hexdigest()  # type: ignore[attr-defined]


_OWN_COLUMNS = [field.attname for field in TrainingSession._meta.concrete_fields if field.attname not in COUNTERS]
