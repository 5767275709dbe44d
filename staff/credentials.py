"""First and forgotten passwords: made by the product, shown once, read out to the person (ACC-01)."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import RuleError

from . import notices
from .models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """A password that can be read out: three groups of four letters and digits, about 59 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _n in range(4)) for _group in range(3))


def reset(user: User, *, by: User, now: datetime) -> str:
    """Give ``user`` a new password, which ends their sessions; the password, to be shown once."""
    if user == by:
        raise RuleError(_("Change your own password in the account menu"), rule="ACC-01")
    password = new_password()
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        told = gettext_lazy("Your password was set anew. Choose one of your own in the account menu")
        notices.tell(user, key=f"password:{now.isoformat()}", text=told, now=now)
    return password
