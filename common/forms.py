"""How forms look and speak: one field template, labels without colons, refusals that say what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt, pretty_name
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .errors import RuleError

_CHOSEN = (forms.ChoiceField, forms.DateField, forms.TimeField)


class FieldRenderer(TemplatesSetting):
    """Renders every form of the project through the house's templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


def required_message(field: forms.Field, label: object) -> Any:
    """What to do about an empty field: "Enter: name", "Choose: role"."""
    words = _("Choose: {label}") if isinstance(field, _CHOSEN) else _("Enter: {label}")
    return format_lazy(words, label=label)


class DrawnSelect(forms.Select):
    """The same select, drawn without a template for each option: there are dozens of them above a list."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        widget = self.get_context(name, value, attrs)["widget"]
        options = [option for _group, options, _index in widget["optgroups"] for option in options]
        drawn = ((option["value"], flatatt(option["attrs"]), option["label"]) for option in options)
        inside = format_html_join("", '<option value="{}"{}>{}</option>', drawn)
        return format_html('<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), inside)


class PlainForm(forms.Form):
    """Base of the forms: validated on submit by the server only, and each refusal says what to do."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        speak_plainly(self)


class PlainModelForm(forms.ModelForm):
    """The same for model forms."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        speak_plainly(self)


def speak_plainly(form: forms.BaseForm) -> None:
    """Replace Django's "This field is required", unless the field brought words of its own."""
    for name, field in form.fields.items():
        if field.required and field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
            label = field.label if field.label is not None else pretty_name(name)
            field.error_messages["required"] = required_message(field, label)
        if isinstance(field, forms.ChoiceField):
            field.error_messages["invalid_choice"] = _("Choose one from the list")


def refuse(form: forms.BaseForm, error: RuleError) -> None:
    """Show the refusal of a rule on the form, with the rule's id."""
    form.add_error(None, worded(error))


def worded(error: RuleError) -> str:
    """A refusal as forms show it: the sentence, then the rule's id."""
    return f"{error} ({error.rule})" if error.rule else str(error)


@contextmanager
def refusals_on(form: forms.BaseForm) -> Iterator[None]:
    """Do what a valid form asks for; a rule that refuses is shown on the form, and the view goes on behind the block."""
    try:
        yield
    except RuleError as error:
        refuse(form, error)
