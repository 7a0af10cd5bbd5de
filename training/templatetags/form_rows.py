"""One row of a form: label, control, what is wrong, help, and why it is asked.

`{% load form_rows %}{% row_of field %}`. Made in Python because a form has many rows and a page
should cost little; the looks are static/cohort.css, section 8.
"""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from training.templatetags.cohort import control

register = template.Library()
NOTHING = mark_safe("")


@register.simple_tag(takes_context=True)
def row_of(context: Context, field: BoundField) -> SafeString:
    """The row; `form_show_labels`, `show_optional` and `wrapper_class` of the context are crispy's."""
    if getattr(field.field, "is_heading", False):
        return _heading(field)
    if field.is_hidden:
        return control(field)
    is_wrong = bool(field.errors)
    more = context.get("wrapper_class") or ""
    return format_html(
        '<{tag}{described} id="div_{key}" class="field{wrong}{more}"{shown_if}>\n'
        "{inside}{errors}{help}{purpose}</{tag}>\n",
        tag=SafeString("fieldset" if field.use_fieldset else "div"),
        described=_described(field),
        key=field.auto_id,
        wrong=" has-error" if is_wrong else "",
        more=f" {more}" if more else "",
        shown_if=_shown_if(field.field),
        inside=_label_and_control(context, field),
        errors=_errors(field) if is_wrong else NOTHING,
        help=_help(field),
        purpose=_purpose(field),
    )


def _label_and_control(context: Context, field: BoundField) -> SafeString:
    if isinstance(field.field.widget, CheckboxInput):
        return format_html(
            '<label class="check" for="{}">{} <span>{}</span></label>\n',
            field.id_for_label,
            control(field),
            field.label,
        )
    label = _label(context, field) if field.label and context.get("form_show_labels") is not False else NOTHING
    if field.use_fieldset:
        return format_html('{}<div class="choices">{}</div>\n', label, control(field))
    return format_html("{}{}\n", label, control(field))


def _label(context: Context, field: BoundField) -> SafeString:
    optional = NOTHING
    if not field.field.required and context.get("show_optional") is not False:
        optional = format_html(' <span class="optional">{}</span>', gettext("(optional)"))
    if field.use_fieldset:
        return format_html("<legend>{}{}</legend>\n", field.label, optional)
    return format_html('<label for="{}">{}{}</label>\n', field.id_for_label, field.label, optional)


def _described(field: BoundField) -> SafeString:
    if field.use_fieldset and (by := field.aria_describedby):
        return format_html(' aria-describedby="{}"', by)
    return NOTHING


def _errors(field: BoundField) -> SafeString:
    sentences = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in field.errors))
    return format_html('<div class="wrong" id="{}_error"><ul>{}</ul></div>\n', field.auto_id, sentences)


def _help(field: BoundField) -> SafeString:
    if not field.help_text:
        return NOTHING
    return format_html('<div class="help" id="{}_helptext">{}</div>\n', field.auto_id, field.help_text)


def _purpose(field: BoundField) -> SafeString:
    purpose = getattr(field.field, "purpose", "")
    if not purpose:
        return NOTHING
    return format_html(
        '<details class="purpose"><summary>{}<span class="visually-hidden"> {}</span></summary><p>{}</p></details>\n',
        gettext("What is this for?"),
        field.label,
        purpose,
    )


def _heading(field: BoundField) -> SafeString:
    purpose = getattr(field.field, "purpose", "")
    words = format_html('<p class="quiet">{}</p>', purpose) if purpose else NOTHING
    return format_html('<div class="part"{}><h2>{}</h2>{}</div>\n', _shown_if(field.field), field.label, words)


def _shown_if(field: Any) -> SafeString:
    """On which answer the question hangs, for static/conditions.js."""
    condition = getattr(field, "shown_if", None)
    return format_html(' data-shown-if="{}={}"', *condition) if condition else NOTHING
