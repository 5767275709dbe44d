"""What is typed about the bot of an office."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PlainForm

from .models import Bot, BotKind

LONGEST_URL, LONGEST_SECRET = 1000, 200


class BotForm(PlainForm):
    """Kind, address and signing secret; what is kept already is never shown again and stays where nothing is typed."""

    kind = forms.ChoiceField(label=_("Kind"), choices=BotKind.choices, widget=forms.RadioSelect)
    url = forms.CharField(
        label=_("Address of the bot"),
        max_length=LONGEST_URL,
        help_text=_("As the settings of the group chat show it; whoever has it can write to the group"),
        error_messages={"required": _("Enter the address of the bot, as the group chat shows it")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    secret = forms.CharField(
        label=_("Signing secret"),
        max_length=LONGEST_SECRET,
        required=False,
        help_text=_("For DingTalk and Feishu if signing is switched on there, and for a webhook of our own"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, bot: Bot | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if bot is not None:
            self.fields["kind"].initial = bot.kind
            self.fields["url"].required = False
            self.fields["url"].help_text = _("Leave it empty to keep the present one")
