"""One short text per session that changes whenever anything changes that its pages show of it.

PostgreSQL gives every version of a row the number of the transaction that wrote it (xmin) and a
place of its own (ctid). The fingerprint is a hash over the keys and these of all rows shown: a
row that is added, changed or taken away gives another one. So what was rendered under a
fingerprint is never stale; after a VACUUM FULL it is made once more. The counters of places are
left out on purpose: they change with every enrolment and are never kept.
"""

from hashlib import sha256

from django.db.models import BooleanField, Exists, OuterRef, TextField, Value
from django.db.models.expressions import RawSQL

from accounts.roles import SEE_DRAFTS
from training.catalogue.models import TrainingSession
from training.catalogue.querysets import TrainingSessionQuerySet, Visitor

COUNTERS = frozenset({"places_held", "places_confirmed", "people_waiting", "last_in_line"})

_OVER_ALL_ROWS_SHOWN = """
    WITH items AS (
        SELECT id, xmin, ctid, room_id FROM training_agendaitem WHERE session_id = training_trainingsession.id
    ),
    parts AS (
        SELECT id, xmin, ctid, speaker_id FROM training_itemspeaker WHERE item_id IN (SELECT id FROM items)
    ),
    posts AS (
        SELECT id, xmin, ctid, organisation_id
          FROM training_speakerpost WHERE speaker_id IN (SELECT speaker_id FROM parts)
    ),
    programme AS (
        SELECT id, xmin, ctid, organiser_id FROM training_programme WHERE id = training_trainingsession.programme_id
    ),
    kinds AS (
        SELECT id, xmin, ctid, category_id
          FROM training_programme_categories WHERE programme_id = training_trainingsession.programme_id
    ),
    versions AS (
        SELECT 'item' AS kind, id, xmin, ctid FROM items
        UNION ALL SELECT 'part', id, xmin, ctid FROM parts
        UNION ALL SELECT 'point', id, xmin, ctid FROM training_keypoint WHERE item_id IN (SELECT id FROM items)
        UNION ALL SELECT 'room', id, xmin, ctid FROM training_room WHERE id IN (SELECT room_id FROM items)
        UNION ALL SELECT 'speaker', id, xmin, ctid FROM training_speaker WHERE id IN (SELECT speaker_id FROM parts)
        UNION ALL SELECT 'post', id, xmin, ctid FROM posts
        UNION ALL SELECT 'organisation', id, xmin, ctid FROM training_organisation
                   WHERE id IN (SELECT organisation_id FROM posts UNION ALL SELECT organiser_id FROM programme)
        UNION ALL SELECT 'programme', id, xmin, ctid FROM programme
        UNION ALL SELECT 'kind', id, xmin, ctid FROM kinds
        UNION ALL SELECT 'category', id, xmin, ctid FROM training_category WHERE id IN (SELECT category_id FROM kinds)
        UNION ALL SELECT 'aim', id, xmin, ctid FROM training_aim
                   WHERE programme_id = training_trainingsession.programme_id
        UNION ALL SELECT 'venue', id, xmin, ctid FROM training_venue WHERE id = training_trainingsession.venue_id
        UNION ALL SELECT 'province', 0, xmin, ctid FROM training_province
                   WHERE code = training_trainingsession.province_id
    )
    SELECT md5(string_agg(kind || id || ':' || xmin::text || ctid::text, ',' ORDER BY kind, id)) FROM versions
"""


def with_fingerprint(sessions: TrainingSessionQuerySet, reader: Visitor) -> TrainingSessionQuerySet:
    """Adds what `fingerprint_of` needs to the query for the session itself."""
    return sessions.annotate(
        rows_shown=RawSQL(_OVER_ALL_ROWS_SHOWN, (), output_field=TextField()),  # noqa: S611 - no value in it
        shows_drafts=_sees_drafts(reader),
    )


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
