from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('training', '0026_rows_counted_in_clear'),
    ]

    operations = [
        # Null for the letters that are there: what they quote was not noted.
        migrations.AddField(
            model_name='letter',
            name='quotes',
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='letter',
            name='quotes',
            field=models.JSONField(blank=True, default=dict, editable=False, null=True),
        ),
    ]
