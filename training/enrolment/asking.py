"""Which fields a session asks, stage by stage, in which order and when. What somebody answered keeps its questions.

Guards three rules: a field that hangs on the answer to another one stands behind it, that other
one stays as long as something hangs on it, and an option that people have chosen keeps its value
whatever its words become.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from training.catalogue.models import TrainingSession
from training.enrolment.forms_querysets import AskedFieldQuerySet
from training.enrolment.models import AskedField, AskedOption
from training.enrolment.questions import STANDARD, WITH_OPTIONS, FormStage, Kind, OwnKind, Question
from training.tools.refusals import Refused

OWN = "own_"  # what the codes of own fields begin with
STAGES = tuple(FormStage)


@dataclass(frozen=True)
class Option:
    """An option as it is wished; without a value it is a new one."""

    label_en: str = ""
    label_zh: str = ""
    capacity: int | None = None
    value: str = ""


def asked_by(session: TrainingSession) -> dict[str, bool]:
    """The standard codes of the application, each with whether an answer is required."""
    fields = AskedField.objects.filter(session=session, stage=FormStage.APPLICATION, code__in=STANDARD)
    return dict(fields.values_list("code", "is_required"))


@transaction.atomic
def ask(session: TrainingSession, wished: Mapping[str, bool]) -> None:
    """Asks exactly these standard fields of an application from now on.

    New ones come in the order of the standard form; own fields and the order of others stay.
    Raises Refused as `refuse_to_leave_out` does.
    """
    refuse_to_leave_out(session, wished)
    _left_out(session, wished).delete()
    for position, code in enumerate(STANDARD, start=1):
        if code in wished:
            said = {"stage": FormStage.APPLICATION, "is_required": wished[code]}
            AskedField.objects.update_or_create(
                session=session, code=code, defaults=said, create_defaults={**said, "position": position}
            )


def refuse_to_leave_out(session: TrainingSession, wished: Collection[str]) -> None:
    """Raises Refused when a standard field of the application is not wished on which another field hangs."""
    left_out = list(_left_out(session, wished))
    codes = {field.code for field in left_out}
    for field in left_out:
        _refuse_what_hangs(field, [one for one in hanging_on(field) if one.code not in codes])


def _left_out(session: TrainingSession, wished: Collection[str]) -> AskedFieldQuerySet:
    standard = AskedField.objects.filter(session=session, stage=FormStage.APPLICATION, code__in=STANDARD)
    left_out: AskedFieldQuerySet = standard.exclude(code__in=list(wished))
    return left_out


def ask_standard(session: TrainingSession, stage: str, code: str) -> AskedField:
    """Adds a standard field at the end of the form. Refused when the session asks it already."""
    if code not in may_be_asked(stage):
        raise Refused(_("Choose a field of the standard set."), field="code")
    with _locked(session):
        if AskedField.objects.filter(session=session, code=code).exists():
            raise Refused(_("This field is asked already."), field="code")
        return AskedField.objects.create(
            session=session, stage=stage, code=code, is_required=False, position=_last(session, stage) + 1
        )


def may_be_asked(stage: str) -> dict[str, Question]:
    """The standard fields of a stage: what decides on a place, and what is sealed, belongs to the application."""
    if stage == FormStage.APPLICATION:
        return STANDARD
    return {
        code: question
        for code, question in STANDARD.items()
        if not question.is_sealed and question.kind != Kind.CATEGORY
    }


def ask_own(
    session: TrainingSession, stage: str, kind: OwnKind, words: Mapping[str, Any], options: Sequence[Option] = ()
) -> AskedField:
    """Adds a field of the session's own at the end of the form; `words` are its columns."""
    with _locked(session):
        field = AskedField.objects.create(
            session=session,
            stage=stage,
            code=f"{OWN}{token_hex(6)}",
            kind=kind,
            position=_last(session, stage) + 1,
            **{**words, "is_required": words.get("is_required", False) and kind != OwnKind.HEADING},
        )
        _offer(field, options)
    return field


def change_field(field: AskedField, words: Mapping[str, Any], options: Sequence[Option] | None = None) -> None:
    """Changes words, condition and options; answers that were given keep theirs."""
    with _locked(field.session):
        for name, value in words.items():
            setattr(field, name, value)
        field.save(update_fields=[*words])
        if options is not None and str(field.kind) in WITH_OPTIONS:
            _offer(field, options)


def ask_no_longer(field: AskedField) -> None:
    """Takes the field out of the form. Refused while another one is asked only for an answer to it."""
    with _locked(field.session):
        _refuse_what_hangs(field, hanging_on(field))
        field.delete()


def hanging_on(field: AskedField) -> list[AskedField]:
    """The fields that are asked only for an answer to this one, in the order of the forms."""
    hanging = AskedField.objects.filter(session=field.session_id, shown_if_code=field.code)
    return sorted(hanging, key=lambda one: (STAGES.index(FormStage(one.stage)), one.position, one.pk))


def _refuse_what_hangs(field: AskedField, hanging: Sequence[AskedField]) -> None:
    """Without its condition a field would be asked of everybody, and a required one would stop people."""
    if hanging:
        raise Refused(
            ngettext(
                "“%(field)s” stays: %(hanging)s is asked only for an answer to it. Change its condition first.",
                "“%(field)s” stays: %(hanging)s are asked only for an answer to it. Change their conditions first.",
                len(hanging),
            )
            % {"field": field.label, "hanging": names_of(hanging)}
        )


def names_of(fields: Sequence[AskedField]) -> str:
    """“Which room?”, “With whom?”"""
    return _(", ").join(_("“%(field)s”") % {"field": field.label} for field in fields)


def move_field(field: AskedField, *, up: bool) -> None:
    """One place up or down; at the edge it stays. Refused where it would stand before what it hangs on."""
    with _locked(field.session):
        order = list(AskedField.objects.filter(session=field.session_id, stage=field.stage))
        at = [one.pk for one in order].index(field.pk)
        to = at - 1 if up else at + 1
        if not 0 <= to < len(order):
            return
        first, second = (field, order[to]) if up else (order[to], field)
        if first.shown_if_code == second.code:
            raise Refused(
                _("“%(field)s” is asked only after “%(other)s”.") % {"field": first.label, "other": second.label}
            )
        order.insert(to, order.pop(at))
        for position, one in enumerate(order, start=1):
            one.position = position
        AskedField.objects.bulk_update(order, ["position"])


def copy_form(source: TrainingSession, session: TrainingSession, stage: str) -> int:
    """Adds the fields that `source` asks at this stage and `session` does not ask yet; returns how many.

    They keep their codes, so answers of both sessions stand in the same column of a list.
    """
    with _locked(session):
        asked = set(AskedField.objects.filter(session=session).values_list("code", flat=True))
        wanted = AskedField.objects.filter(session=source, stage=stage).exclude(code__in=asked)
        first = _last(session, stage) + 1
        for position, field in enumerate(wanted.prefetch_related("options"), start=first):
            options = list(field.options.all())
            field.pk, field.session, field.position = None, session, position
            field.save(force_insert=True)
            AskedOption.objects.bulk_create(_copies(options, field))
        _forget_conditions_on_nothing(session)
        return len(wanted)


def may_hang_on(session: TrainingSession, stage: str, before: AskedField | None = None) -> list[AskedField]:
    """The fields whose answer can decide whether a field of this stage is asked: those that come before it."""
    kinds: set[str] = {OwnKind.YES_NO, OwnKind.CHOICE, OwnKind.CHOICES}
    standard = [code for code, question in STANDARD.items() if question.kind in kinds]
    fields = AskedField.objects.filter(session=session).prefetch_related("options")
    stages = STAGES[: STAGES.index(FormStage(stage)) + 1]
    return [
        field
        for field in sorted(fields, key=lambda one: (STAGES.index(FormStage(one.stage)), one.position, one.pk))
        if field.stage in stages
        and (field.kind in kinds or field.code in standard)
        and (before is None or field.stage != stage or (field.position, field.pk) < (before.position, before.pk))
    ]


@contextmanager
def _locked(session: TrainingSession) -> Iterator[None]:
    """Whoever answers holds the session's row, too, so nobody answers a form that is half changed."""
    with transaction.atomic():
        TrainingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        yield


def _last(session: TrainingSession, stage: str) -> int:
    fields = AskedField.objects.filter(session=session, stage=stage)
    return int(fields.aggregate(last=Max("position"))["last"] or 0)


def _offer(field: AskedField, options: Sequence[Option]) -> None:
    """Exactly these options in this order.

    Refused where fewer may choose one than have, and for one that goes while a field hangs on it.
    """
    present = {option.value: option for option in AskedOption.objects.filter(field=field)}
    kept = {option.value for option in options if option.value}
    _refuse_what_hangs_on_options(field, [option for value, option in present.items() if value not in kept])
    AskedOption.objects.filter(field=field).exclude(value__in=kept).delete()
    for position, wish in enumerate(options, start=1):
        row = present.get(wish.value) or AskedOption(field=field, value=token_hex(4))
        if wish.capacity is not None and wish.capacity < row.chosen:
            sentence = ngettext(
                "%(chosen)d person has chosen “%(option)s” already; fewer cannot be allowed.",
                "%(chosen)d people have chosen “%(option)s” already; fewer cannot be allowed.",
                row.chosen,
            )
            raise Refused(sentence % {"chosen": row.chosen, "option": row.label}, field="options")
        row.label_en, row.label_zh, row.capacity, row.position = wish.label_en, wish.label_zh, wish.capacity, position
        row.save()


def _refuse_what_hangs_on_options(field: AskedField, gone: Sequence[AskedOption]) -> None:
    values = {option.value: option for option in gone}
    hanging = [one for one in hanging_on(field) if one.shown_if_value in values]
    if hanging:
        raise Refused(
            ngettext(
                "The option “%(option)s” stays: %(hanging)s is asked only for it. Change its condition first.",
                "The option “%(option)s” stays: %(hanging)s are asked only for it. Change their conditions first.",
                len(hanging),
            )
            % {"option": values[hanging[0].shown_if_value], "hanging": names_of(hanging)},
            field="options",
        )


def _copies(options: Sequence[AskedOption], field: AskedField) -> list[AskedOption]:
    return [
        AskedOption(
            field=field,
            value=option.value,
            label_en=option.label_en,
            label_zh=option.label_zh,
            position=option.position,
            capacity=option.capacity,
        )
        for option in options
    ]


def _forget_conditions_on_nothing(session: TrainingSession) -> None:
    """What hangs on a field that was not copied is asked of everybody, so nobody has to answer it."""
    fields = AskedField.objects.filter(session=session)
    fields.exclude(shown_if_code="").exclude(shown_if_code__in=list(fields.values_list("code", flat=True))).update(
        shown_if_code="", shown_if_value="", is_required=False
    )
