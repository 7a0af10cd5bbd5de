from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0025_people_known_elsewhere")]

    operations = [
        migrations.AddField(
            model_name="intakerow",
            name="counted",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
