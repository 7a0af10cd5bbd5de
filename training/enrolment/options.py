"""Options that only so many may choose: counted by the database in the statement that chooses.

A choice is a row; its trigger counts it on the option's row, where a constraint refuses one too
many. Whoever leaves gives the choices back in the same statement.
"""

import pgtrigger

COUNT_CHOICES = pgtrigger.Trigger(
    name="count_choices",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Delete,
    func="""
        UPDATE training_askedoption
           SET chosen = chosen + CASE WHEN TG_OP = 'INSERT' THEN 1 ELSE -1 END
         WHERE id = COALESCE(NEW.option_id, OLD.option_id);
        RETURN NULL;
    """,
)

# What was counted is never written by a page that was opened before somebody chose.
ONLY_CHOICES_COUNT = pgtrigger.Trigger(
    name="only_choices_count",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF pg_trigger_depth() = 1 THEN
            NEW.chosen = OLD.chosen;
        END IF;
        RETURN NEW;
    """,
)

FREE_CHOICES = pgtrigger.Trigger(
    name="free_choices",
    when=pgtrigger.After,
    operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
    condition=pgtrigger.Condition("NEW.state IN ('declined', 'lapsed', 'withdrawn', 'substituted')"),
    func="""
        DELETE FROM training_choice WHERE enrolment_id = NEW.id;
        RETURN NULL;
    """,
)
