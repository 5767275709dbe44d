"""Mobile numbers of mainland China as people type them: one spelling for each number (REG-06)."""

import re
import unicodedata

from django.utils.translation import gettext as _

from common.errors import RuleError

DIGITS = 11
MOBILE = re.compile(r"1[3-9][0-9]{9}")
HOME_CODE = re.compile(r"^(?:\+|00)86")
LEADING = re.compile(r"^(?:(?:\+|00)?86)?0?")
FOREIGN_CODE = re.compile(r"\+|00[1-9]")
LANDLINE = re.compile(r"0[1-9][0-9]{8,10}")
SEPARATORS = "-.()/·\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
HIDDEN = "****"


def normalise(raw: str) -> str:
    """The 11 digits of a number typed in any usual spelling; empty for empty.

    Raises RuleError with a sentence that tells what to type instead.
    """
    number = strip(raw)
    if not number:
        return ""
    if MOBILE.fullmatch(number):
        return number
    raise RuleError(refusal(number), rule="REG-06")


def strip(raw: str) -> str:
    """``raw`` in plain characters without separators and without the code of China."""
    plain = "".join(unicodedata.normalize("NFKC", mark) for mark in raw)
    kept = "".join(mark for mark in plain if mark not in SEPARATORS and unicodedata.category(mark) not in INVISIBLE)
    bare = LEADING.sub("", kept, count=1)
    return bare if MOBILE.fullmatch(bare) else HOME_CODE.sub("", kept, count=1)


def refusal(number: str) -> str:
    """Why ``number`` is no mobile number of the mainland, and what to do about it."""
    if FOREIGN_CODE.match(number):
        return _("This number is from abroad: leave the phone empty and put the number into the needs.")
    if not (number.isascii() and number.isdigit()):
        return _("A phone number has digits only: type the 11 digits of the mobile number.")
    if LANDLINE.fullmatch(number):
        return _("This is a landline number: type a mobile number, and put the landline into the needs.")
    if len(number) != DIGITS:
        return _("A mobile number has 11 digits, this one has %(count)d: look at it again.") % {"count": len(number)}
    return _("No mobile number begins with %(start)s: look at the first three digits again.") % {"start": number[:3]}


def is_complete(raw: str) -> bool:
    """Whether what has been typed so far is a full mobile number, ready to be looked up."""
    return MOBILE.fullmatch(strip(raw)) is not None


def mask(phone: str) -> str:
    """``138****1234``; anything that is not a full number is hidden altogether, and nothing stays nothing."""
    if not phone:
        return ""
    return f"{phone[:3]}{HIDDEN}{phone[-4:]}" if MOBILE.fullmatch(phone) else HIDDEN


def last_four(phone: str) -> str:
    """The last four digits of a full number, by which it may be found; empty for anything else."""
    return phone[-4:] if MOBILE.fullmatch(phone) else ""
