from django.db import migrations

# PostgreSQL keeps the plan of a function, so the pages that ask do not pay for planning it.
ASKS = """
CREATE FUNCTION what_a_session_asks(the_session bigint, the_programme bigint)
RETURNS jsonb LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
RETURN jsonb_build_object(
    'fields', (
        SELECT coalesce(jsonb_agg(jsonb_build_array(code, is_required) ORDER BY position, id), '[]')
          FROM training_askedfield WHERE session_id = the_session
    ),
    'categories', (
        SELECT coalesce(
                   jsonb_agg(
                       jsonb_build_object('id', category.id, 'name_en', name_en, 'name_zh', name_zh)
                       ORDER BY official_order, category.id
                   ),
                   '[]'
               )
          FROM training_category category
          JOIN training_programme_categories chosen ON chosen.category_id = category.id
         WHERE chosen.programme_id = the_programme
    ),
    'organiser', (
        SELECT jsonb_build_object('en', name_en, 'zh', name_zh)
          FROM training_organisation organisation
          JOIN training_programme programme ON programme.organiser_id = organisation.id
         WHERE programme.id = the_programme
    )
);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0006_reveals")]

    operations = [migrations.RunSQL(ASKS, "DROP FUNCTION what_a_session_asks(bigint, bigint)")]
