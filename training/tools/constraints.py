"""What the database refuses, said in the sentence that the constraint carries."""

from django.apps import apps
from django.db import IntegrityError


def sentence_of(refusal: IntegrityError) -> str:
    """The sentence of the constraint that was violated; blank when it has none for people.

    A deferred constraint speaks at the end of the transaction, others at once; two people who
    save at the same moment meet here, because the form of neither could see the other.
    """
    diagnosis = getattr(refusal.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if name and constraint.name == name:
                return str(constraint.violation_error_message)
    return ""
