"""The outbox: what is planned, what waits, what was sent.

An organiser sees the letters about his sessions and their people; whoever runs the platform sees
those about accounts. Addresses are masked, and the text of a letter with a secret is never shown.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.roles import ORGANISE
from training.admin.chips import chip
from training.admin.guarded import GuardedAdmin, GuardedForm, acting, rights_of
from training.catalogue.models import Programme, TrainingSession
from training.enrolment.letters import reference_of_programme, reference_of_session
from training.enrolment.models import Enrolment
from training.mail import keeping
from training.mail.models import Letter
from training.mail.wording import placeholders_in
from training.tools.dates import short_moment_in_words
from training.tools.keys import key_or_none
from training.tools.refusals import Refused
from training.tools.text import masked_email

MOST_AT_ONCE = 200


def letters_about_what_one_organises(user: User) -> Q:
    """Those about the people, and those about a session or programme as a whole."""
    people = Enrolment.objects.in_care_of(user, *ORGANISE).values("reference")
    sessions = TrainingSession.objects.in_care_of(user, *ORGANISE).values(as_a_whole=named(reference_of_session))
    programmes = Programme.objects.in_care_of(user, *ORGANISE).values(as_a_whole=named(reference_of_programme))
    return Q(about__in=people) | Q(about__in=sessions) | Q(about__in=programmes)


def named(reference: Callable[[Any], str]) -> Concat:
    """The reference of each row, put together by the database."""
    return Concat(Value(reference("")), Cast("pk", TextField()), output_field=TextField())


def _can_be_reworded(letter: Letter | None) -> bool:
    return letter is not None and letter.state in keeping.REWORDABLE and not letter.is_secret


class SessionFilter(admin.SimpleListFilter):
    """The letters about one of the sessions that the visitor organises, and about its people."""

    title = _("training session")
    parameter_name = "session"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        mine = TrainingSession.objects.in_care_of(request.user, *ORGANISE).only("pk", "title_en", "title_zh")
        return [(str(one.pk), one.title) for one in mine]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        key = key_or_none(self.value())
        if key is None:
            return queryset
        people = Enrolment.objects.in_care_of(request.user, *ORGANISE).filter(session=key)
        return queryset.filter(Q(about__in=people.values("reference")) | Q(about=reference_of_session(key)))


class LetterForm(GuardedForm[Letter]):
    def clean_subject(self) -> str:
        return " ".join(self._without_placeholders("subject").split())

    def clean_text(self) -> str:
        return self._without_placeholders("text")

    def _without_placeholders(self, name: str) -> str:
        """Nothing is filled in any more once a letter stands in the outbox."""
        text: str = self.cleaned_data[name]
        if placeholders_in(text) - placeholders_in(self.initial.get(name) or ""):
            raise ValidationError(say("This letter is for one person and filled already; write the words themselves."))
        return text


class LetterAdmin(GuardedAdmin[Letter]):
    form = LetterForm
    for_superusers = True
    list_display = (
        "subject",
        "person_shown",
        "to_shown",
        "state_shown",
        "due_shown",
        "sent_shown",
        "last_error",
    )
    list_filter = (SessionFilter, "state", "language")
    change_list_template = "admin/letters/outbox.html"
    search_fields = ("subject", "about", "to", "person")
    ordering = ("-pk",)
    actions = ("hold", "release", "send_now", "cancel", "send_again")
    not_in_lists = ("text", "quotes")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Letter]:
        user = acting(request)
        mine = letters_about_what_one_organises(user)
        seen = Letter.objects.filter(mine | Q(about="") if user.is_superuser else mine)
        about = Enrolment.objects.filter(reference=OuterRef("about"))
        return seen.annotate(person=Subquery(about.values("trainee__name")[:1]))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        more = {"may_write": rights_of(request).anywhere(ORGANISE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        text = "text_hidden" if obj is not None and obj.is_secret else "text"
        return (
            (None, {"fields": ("subject", text)}),
            (
                _("Way"),
                {
                    "fields": (
                        ("to_shown", "language"),
                        ("state_shown", "about_shown"),
                        ("due_shown", "is_reworded"),
                        ("written_shown", "written_by"),
                        ("sent_shown", "attempts"),
                        "last_error",
                    )
                },
            ),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What it says can be changed while it is planned or held back, and at no other time."""
        facts = (
            "text_hidden",
            "to_shown",
            "language",
            "state_shown",
            "about_shown",
            "due_shown",
            "is_reworded",
            "written_shown",
            "written_by",
            "sent_shown",
            "attempts",
            "last_error",
        )
        return facts if _can_be_reworded(obj) else ("subject", "text", *facts)

    def save_model(self, request: HttpRequest, obj: Letter, form: Any, change: bool) -> None:
        try:
            keeping.reword(obj, subject=form.cleaned_data["subject"], text=form.cleaned_data["text"])
        except Refused as refused:
            messages.error(request, str(refused))

    def has_change_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or _can_be_reworded(obj))

    @admin.action(description=_("Hold back"))
    def hold(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is held back.", "%(count)d letters are held back.", "count")
        _do(request, letters, keeping.hold, done)

    @admin.action(description=_("Release"))
    def release(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is on its way.", "%(count)d letters are on their way.", "count")
        _do(request, letters, keeping.release, done)

    @admin.action(description=_("Send now"))
    def send_now(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is on its way.", "%(count)d letters are on their way.", "count")
        _do(request, letters, keeping.send_now, done)

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is cancelled.", "%(count)d letters are cancelled.", "count")
        _do(request, letters, keeping.cancel, done)

    @admin.action(description=pgettext_lazy("of a letter", "Send again"))
    def send_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        done = ngettext_lazy("%(count)d letter is on its way.", "%(count)d letters are on their way.", "count")
        _do(request, letters, partial(keeping.send_again, by=acting(request)), done)

    @admin.display(description=_("about"), ordering="person")
    def person_shown(self, letter: Any) -> str:
        """Addresses are masked; many letters of one class differ in nothing but whom they speak of."""
        return letter.person or ""

    @admin.display(description=_("to"))
    def to_shown(self, letter: Letter) -> str:
        return masked_email(letter.to)

    @admin.display(description=_("text"))
    def text_hidden(self, letter: Letter) -> str:
        return say("This letter holds a secret; what it says is not shown.")

    @admin.display(description=_("state"), ordering="state")
    def state_shown(self, letter: Letter) -> SafeString:
        return chip(letter.state, letter.get_state_display())

    @admin.display(description=_("about"))
    def about_shown(self, letter: Letter) -> SafeString | str:
        enrolment = Enrolment.objects.filter(reference=letter.about).first() if letter.about else None
        if enrolment is None:
            return "–"
        address = reverse("admin:training_enrolment_change", args=[enrolment.pk])
        return format_html('<a href="{}">{}</a>', address, letter.about)

    @admin.display(description=_("leaves at"), ordering="due_at")
    def due_shown(self, letter: Letter) -> str:
        return short_moment_in_words(letter.due_at) if letter.due_at else ""

    @admin.display(description=_("written"), ordering="written_at")
    def written_shown(self, letter: Letter) -> str:
        return short_moment_in_words(letter.written_at)

    @admin.display(description=pgettext_lazy("when", "sent"), ordering="sent_at")
    def sent_shown(self, letter: Letter) -> str:
        return short_moment_in_words(letter.sent_at) if letter.sent_at else ""


def _do(request: HttpRequest, letters: QuerySet[Letter], deed: Callable[[Letter], object], done: Any) -> None:
    """The deed for each letter; one sentence for those that went well, one for each reason of the others."""
    count, refused_because = 0, dict[str, int]()
    for letter in letters.defer("text")[:MOST_AT_ONCE]:
        try:
            deed(letter)
            count += 1
        except Refused as refused:
            refused_because[str(refused)] = refused_because.get(str(refused), 0) + 1
    if count:
        messages.success(request, str(done % {"count": count}))
    for sentence, number in refused_because.items():
        left = ngettext(
            "%(number)d letter stays as it is: %(sentence)s",
            "%(number)d letters stay as they are: %(sentence)s",
            number,
        )
        messages.warning(request, left % {"number": number, "sentence": sentence})
