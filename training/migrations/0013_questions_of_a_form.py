from django.db import migrations

# One definition of a question for every reader, read in one go; what is as usual is left out.
QUESTIONS = """
CREATE FUNCTION questions_of_a_form(the_session bigint, the_stage text)
RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
RETURN (
    SELECT coalesce(
               jsonb_agg(
                   jsonb_strip_nulls(
                       jsonb_build_object(
                           'code', code,
                           'required', is_required,
                           'kind', nullif(kind, ''),
                           'label_en', nullif(label_en, ''),
                           'label_zh', nullif(label_zh, ''),
                           'purpose_en', nullif(purpose_en, ''),
                           'purpose_zh', nullif(purpose_zh, ''),
                           'shown_if', CASE WHEN shown_if_code <> '' THEN
                               jsonb_build_array(shown_if_code, shown_if_value)
                           END,
                           'keep_days', keep_days,
                           'consent', nullif(consent, ''),
                           'options', CASE WHEN kind IN ('choice', 'choices') THEN (
                               SELECT coalesce(
                                          jsonb_agg(
                                              jsonb_build_object(
                                                  'value', value, 'en', option.label_en, 'zh', option.label_zh,
                                                  'left', capacity - chosen
                                              )
                                              ORDER BY option.position, option.id
                                          ),
                                          '[]'
                                      )
                                 FROM training_askedoption option WHERE option.field_id = asked.id
                           ) END
                       )
                   )
                   ORDER BY position, id
               ),
               '[]'
           )::text
      FROM training_askedfield asked WHERE session_id = the_session AND stage = the_stage
);
END
$$
"""

# PostgreSQL keeps the plan of a function, so the pages that ask do not pay for planning it.
ASKS = """
DROP FUNCTION what_a_session_asks(bigint, bigint);
CREATE FUNCTION what_a_session_asks(the_session bigint, the_programme bigint)
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
    dependencies = [("training", "0012_forms_of_a_session")]

    operations = [migrations.RunSQL(QUESTIONS), migrations.RunSQL(ASKS)]
