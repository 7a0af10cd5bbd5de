from django.db import migrations

# PostgreSQL keeps the plan of a function, so the pages that ask for a fingerprint do not pay for planning it.
# A sum of 64-bit hashes costs half of a text of all rows in their order, and tells as much.
FINGERPRINT = """
CREATE FUNCTION fingerprint_of_a_session(the_session bigint, the_programme bigint, the_venue bigint, the_province text)
RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
RETURN (
    WITH items AS (
        SELECT id, xmin, ctid, room_id FROM training_agendaitem WHERE session_id = the_session
    ),
    parts AS (
        SELECT id, xmin, ctid, speaker_id FROM training_itemspeaker WHERE item_id IN (SELECT id FROM items)
    ),
    posts AS (
        SELECT id, xmin, ctid, organisation_id
          FROM training_speakerpost WHERE speaker_id IN (SELECT speaker_id FROM parts)
    ),
    programme AS (
        SELECT id, xmin, ctid, organiser_id FROM training_programme WHERE id = the_programme
    ),
    kinds AS (
        SELECT id, xmin, ctid, category_id FROM training_programme_categories WHERE programme_id = the_programme
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
        UNION ALL SELECT 'aim', id, xmin, ctid FROM training_aim WHERE programme_id = the_programme
        UNION ALL SELECT 'venue', id, xmin, ctid FROM training_venue WHERE id = the_venue
        UNION ALL SELECT 'province', 0, xmin, ctid FROM training_province WHERE code = the_province
    )
    SELECT sum(hash_record_extended(versions, 0))::text FROM versions
);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0004_rosters")]

    operations = [
        migrations.RunSQL(FINGERPRINT, "DROP FUNCTION fingerprint_of_a_session(bigint, bigint, bigint, text)"),
    ]
