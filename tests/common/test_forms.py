"""How forms look and speak."""

import pytest
from django import forms
from django.utils import translation

from common.errors import RuleError
from common.forms import PlainForm, refusals_on, refuse


class Sample(PlainForm):
    name = forms.CharField(label="Name", help_text="As on the card")
    notes = forms.CharField(label="Notes", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    own = forms.CharField(label="Own", error_messages={"required": "Own words"})
    agreed = forms.BooleanField(label="Agreed", required=False)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_missing_values_are_asked_for_in_words():
    errors = Sample({}).errors
    assert errors == {"name": ["Enter: Name"], "kind": ["Choose: Kind"], "own": ["Own words"]}


def test_a_choice_off_the_list_is_refused_without_repeating_it():
    assert Sample({"kind": "<script>"}).errors["kind"] == ["Choose one from the list"]


def test_field_ties_label_hint_and_error_to_the_control():
    drawn = Sample({})["name"].as_field_group()
    assert '<label for="id_name">Name</label>' in drawn
    assert 'id="id_name_helptext"' in drawn
    assert 'id="id_name_error"' in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_optional_fields_say_so_and_the_browser_validates_nothing():
    form = Sample()
    assert "optional" in form["notes"].as_field_group()
    assert "optional" not in form["name"].as_field_group()
    assert "required" not in str(form)


def test_choices_are_a_group_with_a_legend():
    drawn = Sample({})["kind"].as_field_group()
    assert drawn.startswith('<fieldset class="field invalid" aria-describedby="id_kind_error">')
    assert "<legend>Kind</legend>" in drawn


def test_a_tick_box_stands_before_its_label():
    drawn = Sample()["agreed"].as_field_group()
    assert drawn.index("<input") < drawn.index("Agreed")


def test_summary_comes_first_and_leads_to_the_fields():
    drawn = str(Sample({}))
    assert drawn.index("error-summary") < drawn.index('id="id_name"')
    assert '<a href="#id_name">Enter: Name</a>' in drawn
    assert '<a href="#id_kind">Choose: Kind</a>' in drawn


def test_summary_is_absent_without_errors():
    assert "error-summary" not in str(Sample())


def test_values_are_kept_and_escaped():
    assert 'value="&lt;b&gt;"' in str(Sample({"name": "<b>"}))


def test_refusal_of_a_rule_names_the_rule():
    form = Sample({"name": "x"})
    form.is_valid()
    refuse(form, RuleError("Not today", rule="REC-07"))
    refuse(form, RuleError("Not at all"))
    assert form.non_field_errors() == ["Not today (REC-07)", "Not at all"]


def done_with(form, act):
    """As a view does it: what the rule allows is answered, what it refuses stays on the form."""
    with refusals_on(form):
        return act()
    return None


def test_a_rule_that_refuses_leaves_its_sentence_on_the_form_and_the_view_goes_on():
    def refused():
        raise RuleError("Not today", rule="REC-07")

    form = Sample({"name": "x", "kind": "a", "own": "y"})
    assert form.is_valid()
    assert done_with(form, lambda: "done") == "done"
    assert done_with(form, refused) is None
    assert form.non_field_errors() == ["Not today (REC-07)"]
    with pytest.raises(ZeroDivisionError):
        done_with(form, lambda: 1 / 0)
