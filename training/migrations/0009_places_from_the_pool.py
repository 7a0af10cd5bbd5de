from django.db import migrations

# Until now every place came out of the pool. The trigger that keeps the counters from being written is out of the way
# for this one statement.
COUNT = """
ALTER TABLE training_trainingsession DISABLE TRIGGER USER;
UPDATE training_trainingsession SET places_from_pool = places_held;
ALTER TABLE training_trainingsession ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0008_quotas_and_nominations")]

    operations = [migrations.RunSQL(COUNT, migrations.RunSQL.noop)]
