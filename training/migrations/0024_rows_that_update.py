import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("training", "0023_deeds_on_lists"),
    ]

    operations = [
        migrations.AddField(
            model_name="intakerow",
            name="updates",
            field=models.ForeignKey(
                help_text="Somebody who stood on the body's list already, and whom this row has changed.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="updated_by_rows",
                to="training.enrolment",
                verbose_name="updated enrolment",
            ),
        ),
        migrations.AddField(
            model_name="intakerow",
            name="sealed_before",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.RemoveConstraint(model_name="intakerow", name="what_is_taken_is_an_enrolment"),
        migrations.AddConstraint(
            model_name="intakerow",
            constraint=models.CheckConstraint(
                condition=~Q(state="taken") | Q(enrolment__isnull=False) | Q(updates__isnull=False),
                name="what_is_taken_is_an_enrolment",
            ),
        ),
        migrations.AlterField(
            model_name="intakedeed",
            name="what",
            field=models.CharField(
                choices=[
                    ("columns", "said what columns mean"),
                    ("corrected", "corrected"),
                    ("left_out", "left out"),
                    ("brought_back", "brought back"),
                    ("updates", "updates who is on the list"),
                    ("another", "is another person"),
                    ("taken", "took the good rows"),
                    ("all_taken", "took all or nothing"),
                    ("taken_back", "took the whole list back"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
    ]
