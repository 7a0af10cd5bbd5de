from django.db import migrations

# What a session asks to agree to by itself stands on the form of an application, read together with its fields.
ASKS = """
CREATE OR REPLACE FUNCTION what_a_session_asks(the_session bigint, the_programme bigint)
RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
RETURN jsonb_build_object(
    'fields', questions_of_a_form(the_session, 'application')::jsonb,
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
    'consents', (
        SELECT coalesce(jsonb_agg(purpose ORDER BY id), '[]')
          FROM training_askedconsent WHERE session_id = the_session
    ),
    'organiser', (
        SELECT jsonb_build_object('en', name_en, 'zh', name_zh)
          FROM training_organisation organisation
          JOIN training_programme programme ON programme.organiser_id = organisation.id
         WHERE programme.id = the_programme
    )
)::text;
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0020_answers_before_the_first_change")]

    operations = [migrations.RunSQL(ASKS, migrations.RunSQL.noop)]
