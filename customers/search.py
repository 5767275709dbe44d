"""Finding customers without reading anybody's data: equality look-ups of keyed digests (PRIV-02)."""

import re
import unicodedata

from common import crypto, names
from common.errors import RuleError
from common.phones import normalise
from staff.models import Office

from .keys import phone_digest
from .models import Customer, SearchToken
from .models.party import CustomerQuerySet

LONGEST = 100


def by_phone(office: Office, phone: str) -> Customer | None:
    """The office's customer who has this normalised number, of any of its people (OWN-06b)."""
    tokens = SearchToken.objects.filter(office=office, kind="phone", digest=phone_digest(phone))
    found = tokens.values_list("customer_id", flat=True)[:1]
    # Most walk-ins are unknown: the customer with key and owner is fetched for those who are not.
    return Customer.objects.select_related("key", "owner").get(pk=found[0]) if found else None


def matching(customers: CustomerQuerySet, text: str, *, office: Office) -> CustomerQuerySet:
    """Those of ``customers`` that a typed ``text`` may mean: number of the register, phone, last four, name, pinyin.

    ``office``: whose digests are looked at, so that the index serves; the scope of ``customers`` decides who is seen.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return customers
    wanted = _digests(text)
    kinds, digests = {kind for kind, _digest in wanted}, [digest for _kind, digest in wanted]
    ids = SearchToken.objects.filter(office=office, kind__in=kinds, digest__in=digests).values("customer_id")
    if re.fullmatch(r"#?[1-9][0-9]{0,8}", text):
        ids = ids.union(Customer.objects.filter(office=office, number=int(text.lstrip("#"))).values("pk"))
    return customers.filter(pk__in=ids)


def _digests(text: str) -> list[tuple[str, bytes]]:
    if re.fullmatch(r"[0-9]{4}", text):
        return [("last4", crypto.digest("last4", text))]
    try:
        return [("phone", phone_digest(normalise(text)))]
    except RuleError:
        return [(kind, crypto.digest(kind, value)) for kind, value in names.query_tokens(text)]
