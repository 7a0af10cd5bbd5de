import polib
import pytest

from training.management.messages import (
    Message,
    NotAText,
    faults,
    faults_of_catalogue,
    messages_of_python,
    messages_of_template,
    updated,
)


def test_every_text_has_its_chinese():
    assert faults_of_catalogue() == []


def test_texts_in_python_are_found_whatever_the_function_is_called():
    source = """
from django.utils import translation
from django.utils.translation import gettext_lazy as _, ngettext, pgettext_lazy as in_context, npgettext
_("One" " sentence.")
ngettext("%(n)s place", "%(n)s places", n)
in_context("a month", "May")
npgettext("a room", "%(n)s bed", "%(n)s beds", n)
translation.gettext("Two.")
_(variable)
print("Not for people.")
"""

    assert messages_of_python(source) == {
        Message("One sentence."),
        Message("%(n)s place", "%(n)s places"),
        Message("May", context="a month"),
        Message("%(n)s bed", "%(n)s beds", "a room"),
        Message("Two."),
    }


def test_an_underscore_that_is_not_gettext_is_left_alone():
    assert messages_of_python("_ = print\n_('Not for people.')") == set()


def test_an_f_string_is_refused_with_its_place():
    with pytest.raises(NotAText, match=r"page\.py:2: an f-string"):
        messages_of_python("from django.utils.translation import gettext\ngettext(f'Hello {name}')", "page.py")


def test_texts_in_templates_are_found_in_tags_filters_and_blocks():
    source = """{% load i18n %}
{% translate "It’s (nearly) full." %} {% translate 'May' context "a month" %}
{{ name|default:_("to be announced") }} {% part title=_("Agenda") %}
{% blocktranslate trimmed with who=user.name %}
  Hello {{ who }},
  welcome.
{% endblocktranslate %}
{% blocktranslate count n=places context "a room" %}{{ n }} bed{% plural %}{{ n }} beds{% endblocktranslate %}
{% translate "100 % sure" %}
{% comment %}{% translate "Not for people." %}{% endcomment %}
"""

    assert messages_of_template(source) == {
        Message("It’s (nearly) full."),
        Message("May", context="a month"),
        Message("to be announced"),
        Message("Agenda"),
        Message("Hello %(who)s, welcome."),
        Message("%(n)s bed", "%(n)s beds", "a room"),
        Message("100 %% sure"),
    }


def test_gathering_keeps_translations_drops_what_is_unused_and_sorts():
    old = polib.POFile()
    old.append(polib.POEntry(msgid="Agenda", msgstr="日程"))
    old.append(polib.POEntry(msgid="Gone", msgstr="没了"))

    new = updated(old, {Message("Room"), Message("Agenda"), Message("%(n)s bed", "%(n)s beds")})

    assert [(entry.msgid, entry.msgstr) for entry in new] == [("%(n)s bed", ""), ("Agenda", "日程"), ("Room", "")]
    assert updated(new, {Message("Room"), Message("Agenda"), Message("%(n)s bed", "%(n)s beds")}) == new


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "is missing"),
        ("还有%(count)s个名额", "has other placeholders than ['%(n)s']"),
        ("还有%(n)s个名额,请尽快报名", "has half-width “,”"),
    ],
)
def test_a_faulty_translation_is_named(translation, fault):
    assert faults(polib.POEntry(msgid="%(n)s places", msgstr=translation)) == [fault]


def test_a_doubtful_translation_is_named():
    assert faults(polib.POEntry(msgid="Room", msgstr="教室", flags=["fuzzy"])) == ["is marked as doubtful"]
