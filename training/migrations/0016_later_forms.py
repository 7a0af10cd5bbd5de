from django.db import migrations

# The forms after the offer and on arrival, for the page of one enrolment; nothing where a session has none.
LATER = """
CREATE FUNCTION later_forms(the_session bigint, the_enrolment bigint)
RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
RETURN (
    SELECT jsonb_agg(
               jsonb_build_object(
                   'stage', form.stage,
                   'questions', questions_of_a_form(the_session, form.stage),
                   'opens_at', times.opens_at,
                   'closes_at', times.closes_at,
                   'answered_at', answered.changed_at,
                   'questions_then', version.questions
               )
               ORDER BY form.stage
           )::text
      FROM (
               SELECT DISTINCT stage FROM training_askedfield
                WHERE session_id = the_session AND stage <> 'application'
           ) form
      LEFT JOIN training_formwindow times ON times.session_id = the_session AND times.stage = form.stage
      LEFT JOIN training_answeredform answered
             ON answered.enrolment_id = the_enrolment AND answered.stage = form.stage
      LEFT JOIN training_formversion version ON version.id = answered.form_version_id
);
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0015_invitations_of_nominators")]

    operations = [migrations.RunSQL(LATER, "DROP FUNCTION later_forms(bigint, bigint)")]
