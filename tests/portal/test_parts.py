"""The parts of the design: places, days, unknown things, fields of a form."""

from datetime import date
from html.parser import HTMLParser

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_form
from django import forms
from django.utils.translation import override

from training.templatetags import cohort


class TestPlaces:
    @pytest.mark.parametrize(
        ("confirmed", "offered", "capacity", "words"),
        [
            (45, 3, 60, ["12 of 60 places left", "45 confirmed, 3 offered", 'width="80%"', 'width="75%"']),
            (0, 0, 1, ["1 of 1 place left", "0 confirmed"]),
            (60, 0, 60, ["All 60 places are taken", 'width="100%"']),
            (1, 0, 1, ["The one place is taken"]),
            (0, 0, 0, ["All 0 places are taken"]),
        ],
    )
    def test_lengths_and_numbers_tell_the_same(self, confirmed, offered, capacity, words):
        bar = cohort.places_bar(confirmed, offered, capacity)

        for word in words:
            assert word in bar
        assert "style=" not in bar

    def test_an_unknown_number_of_places_has_no_bar(self):
        bar = cohort.places_bar(3, 0, None)

        assert "to be announced" in bar
        assert "<svg" not in bar


class TestUnknownThings:
    def test_nothing_is_to_be_announced(self):
        assert cohort.or_to_be_announced("") == '<span class="unknown">To be announced</span>'
        assert cohort.or_to_be_announced(None) == cohort.or_to_be_announced("")

    def test_zero_is_known(self):
        assert cohort.or_to_be_announced(0) == "0"

    def test_what_is_known_is_escaped(self):
        assert cohort.or_to_be_announced("<b>") == "&lt;b&gt;"


class TestDays:
    def test_the_date_block_holds_the_date_for_machines_and_for_people(self):
        day = date(2025, 11, 6)

        assert cohort.date_block(day) == (
            '<time class="date-block" datetime="2025-11-06"><b>6</b> <span>Nov 2025</span> <span>Thursday</span></time>'
        )
        with override("zh-hans"):
            assert "<span>2025年11月</span> <span>星期四</span>" in cohort.date_block(day)

    def test_a_day_that_is_not_there_shows_nothing(self):
        assert cohort.clock(None) == ""
        assert cohort.days(None, None) == cohort.or_to_be_announced(None)


class Form(forms.Form):
    name = forms.CharField(label="Name <b>", help_text="As on your card.")
    mobile = forms.CharField(label="Mobile", required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"}))
    room = forms.ChoiceField(
        label="Room", choices=[("single", "Single"), ("shared", "Shared")], widget=forms.RadioSelect
    )
    level = forms.ChoiceField(label="Level", choices=[("", "Choose…"), ("b", "B & C"), ("More", [("d", "D")])])
    agreed = forms.BooleanField(label="I have read it.")
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def parts_of(html):
    """Tags with their attributes in any order, and the words between them."""
    parts = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attributes: parts.append((tag, set(attributes)))
    reader.handle_endtag = parts.append
    reader.handle_data = lambda words: parts.append(words.strip())
    reader.feed(html)
    return [part for part in parts if part]


class TestTheFields:
    def test_a_mistake_is_summed_up_with_a_link_and_stands_at_its_field(self):
        form = as_crispy_form(Form({"name": "", "room": "castle", "level": "b", "agreed": "on"}))

        assert "2 things need a look" in form
        assert '<a href="#id_name">Name &lt;b&gt;: This field is required.</a>' in form
        assert '<a href="#id_room_0">' in form
        assert 'aria-invalid="true"' in form
        assert 'aria-describedby="id_name_helptext id_name_error"' in form
        assert 'id="id_name_helptext">As on your card.' in form
        assert 'id="id_name_error"' in form

    def test_what_is_optional_says_so_and_what_is_required_does_not(self):
        form = as_crispy_form(Form())

        assert 'Mobile <span class="optional">(optional)</span>' in form
        assert "Name &lt;b&gt;</label>" in form

    def test_a_choice_is_a_group_with_a_legend_and_a_label_for_each(self):
        form = as_crispy_form(Form({"room": "shared"}))

        assert "<legend>Room</legend>" in form
        assert '<label for="id_room_1"><input type="radio" name="room" value="shared"' in form
        assert form.count("checked") == 1

    def test_what_was_typed_comes_back_escaped(self):
        form = as_crispy_form(Form({"mobile": '"><script>'}))

        assert 'value="&quot;&gt;&lt;script&gt;"' in form
        assert "<script>" not in form

    def test_attributes_of_a_control_are_kept(self):
        assert 'autocomplete="tel"' in as_crispy_form(Form())

    def test_plain_controls_say_the_same_as_djangos_own(self):
        for form in (Form(), Form({"name": "Wang", "mobile": "138", "room": "single", "level": "b", "agreed": "on"})):
            for field in form:
                assert parts_of(cohort.control(field)) == parts_of(field.as_widget()), field.name

    def test_there_is_no_style_and_no_script_in_a_form(self):
        form = as_crispy_form(Form())

        assert "style=" not in form
        assert "onclick" not in form
