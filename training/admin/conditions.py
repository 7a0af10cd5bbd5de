"""What Cohort and reviewers look at for a session: conditions that are checked, criteria that are scored."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.forms import BaseInlineFormSet, inlineformset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from training.catalogue.models import Category, Organisation, TrainingSession
from training.enrolment.models import Check, Criterion
from training.enrolment.questions import TITLE_LEVELS
from training.tools.constraints import sentence_of

if TYPE_CHECKING:
    from training.admin.sessions import TrainingSessionAdmin

ALLOWED = [(_("levels of titles and skills"), TITLE_LEVELS), (_("kinds of employers"), Organisation.Kind.choices)]
MOST_ROWS = 40


class CheckForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's class takes no parameter when it runs
    """One condition. Of what may be chosen only what belongs to its kind is kept."""

    allowed = forms.MultipleChoiceField(
        label=_("one of"), choices=ALLOWED, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Check
        fields = ("kind", "category", "allowed", "at_least", "at_most", "sentence_en", "sentence_zh")

    def __init__(self, *args: Any, categories: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        category: Any = self.fields["category"]
        category.queryset, category.empty_label = categories, say("everybody")

    def clean_allowed(self) -> list[str]:
        choices: dict[str, set[str]] = {
            Check.Kind.TITLE_LEVEL: {code for code, _label in TITLE_LEVELS},
            Check.Kind.EMPLOYER_KIND: set(Organisation.Kind.values),
        }
        belonging = choices.get(self.cleaned_data.get("kind", ""), set())
        return [code for code in self.cleaned_data["allowed"] if code in belonging]


class CriterionForm(forms.ModelForm):  # type: ignore[type-arg]  # as above
    class Meta:
        model = Criterion
        fields = ("name_en", "name_zh", "position")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


MOST: Any = {"max_num": MOST_ROWS, "absolute_max": MOST_ROWS}
Checks: Any = inlineformset_factory(
    TrainingSession, Check, form=CheckForm, formset=BaseInlineFormSet, extra=1, can_delete=True, **MOST
)
Criteria: Any = inlineformset_factory(TrainingSession, Criterion, form=CriterionForm, extra=1, can_delete=True, **MOST)


def conditions_view(page: "TrainingSessionAdmin", request: HttpRequest, pk: int) -> HttpResponse:
    """Shows and saves both tables; an empty row says that there is nothing more."""
    session = page.session_to_change(request, pk)
    data = request.POST if request.method == "POST" else None
    categories = Category.objects.filter(programmes=session.programme_id)
    checks = Checks(data, instance=session, prefix="checks", form_kwargs={"categories": categories})
    criteria = Criteria(data, instance=session, prefix="criteria")
    if data is not None and checks.is_valid() and criteria.is_valid() and _save(request, checks, criteria):
        messages.success(request, say("What is looked at is saved."))
        return redirect("admin:training_trainingsession_board", session.pk)
    context = {
        **page.admin_site.each_context(request),
        "title": say("Conditions and scores"),
        "session": session,
        "checks": checks,
        "criteria": criteria,
        "wrong": bool(data is not None and (checks.total_error_count() or criteria.total_error_count())),
        "opts": page.opts,
    }
    return TemplateResponse(request, "admin/board/conditions.html", context)


def _save(request: HttpRequest, *tables: Any) -> bool:
    """Both or neither; what the database refuses is said above the filled tables."""
    try:
        with transaction.atomic():
            for table in tables:
                table.save()
    except ProtectedError:
        messages.error(request, say("A criterion with scores stays; take the scores back first."))
        return False
    except IntegrityError as refused:
        sentence = sentence_of(refused)
        if not sentence:
            raise
        messages.error(request, sentence)
        return False
    return True
