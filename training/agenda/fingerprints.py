"""One short text that changes whenever anything changes that an agenda shows.

PostgreSQL gives every version of a row the number of the transaction that wrote it (xmin) and a
place of its own (ctid). The fingerprint is a hash over the keys and these of all rows shown: a
row that is added, changed or taken away gives another one. So what was rendered under a
fingerprint is never stale; after a VACUUM FULL it is made once more.
"""

from django.db import connection

from training.agenda.querysets import AgendaItemQuerySet

_OVER_ALL_ROWS_SHOWN = """
    WITH items AS ({items}),
    shown AS (
        SELECT id, xmin, ctid, room_id FROM training_agendaitem WHERE id IN (SELECT id FROM items)
    ),
    parts AS (
        SELECT id, xmin, ctid, speaker_id FROM training_itemspeaker WHERE item_id IN (SELECT id FROM items)
    ),
    versions AS (
        SELECT 'item' AS kind, id, xmin, ctid FROM shown
        UNION ALL SELECT 'part', id, xmin, ctid FROM parts
        UNION ALL SELECT 'point', id, xmin, ctid FROM training_keypoint WHERE item_id IN (SELECT id FROM items)
        UNION ALL SELECT 'room', id, xmin, ctid FROM training_room WHERE id IN (SELECT room_id FROM shown)
        UNION ALL SELECT 'speaker', id, xmin, ctid FROM training_speaker WHERE id IN (SELECT speaker_id FROM parts)
    )
    SELECT count(*) FILTER (WHERE kind = 'item'),
           md5(string_agg(kind || id || ':' || xmin::text || ctid::text, ',' ORDER BY kind, id))
      FROM versions
"""


def fingerprint_of(items: AgendaItemQuerySet) -> str:
    """The fingerprint of what these items show; blank when there are none. One query."""
    only_keys = items.order_by().values("id")
    sql, parameters = only_keys.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(_OVER_ALL_ROWS_SHOWN.format(items=sql), parameters)
        count, fingerprint = cursor.fetchone()
    return fingerprint if count else ""
