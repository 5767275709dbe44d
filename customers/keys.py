"""Data keys and search tokens of customers: made at registration, rebuilt on change, destroyed at erasure."""

from common import crypto, names, phones
from staff.models import Office

from .models import Customer, CustomerKey, SearchToken

Token = tuple[str, bytes]


def give_key(customer: Customer) -> None:
    """Give an unsaved customer a data key of its own; :func:`keep_key` stores it once the customer has an id."""
    customer.__dict__["data_key"] = crypto.new_data_key()


def keep_key(customer: Customer) -> None:
    """Store the customer's data key, wrapped by the active key of the ring."""
    key = customer.data_key
    assert key is not None
    kek, wrapped = crypto.wrap(key)
    CustomerKey.objects.create(customer=customer, kek=kek, wrapped=wrapped, commitment=crypto.commitment(key))


def tokens(*, name: str, phone: str) -> set[Token]:
    """The digests under which a person of this ``name`` and normalised ``phone`` is found."""
    found = {(kind, crypto.digest(kind, value)) for kind, value in (names.tokens(name) if name else ())}
    if phone:
        found |= {("phone", phone_digest(phone)), ("last4", crypto.digest("last4", phones.last_four(phone)))}
    return found


def phone_digest(phone: str) -> bytes:
    """The digest of a normalised phone number."""
    return crypto.digest("phone", phone)


def add_tokens(customer: Customer, fresh: set[Token], *, known: bool) -> None:
    """Add search tokens; ``known`` says that the customer may have some of them already."""
    if known:
        have = {(kind, bytes(digest)) for kind, digest in customer.tokens.values_list("kind", "digest")}
        fresh = fresh - have
    rows = [
        SearchToken(office_id=customer.office_id, customer=customer, kind=kind, digest=digest)
        for kind, digest in fresh
    ]
    SearchToken.objects.bulk_create(rows)


def rebuild_tokens(customer: Customer) -> None:
    """Make the customer's search tokens anew from its people, for example after a change of the index key."""
    wanted: set[Token] = set()
    for person in customer.people.all():
        wanted |= tokens(name=person.name, phone=person.phone)
    customer.tokens.all().delete()
    add_tokens(customer, wanted, known=False)


def rotate(office: Office | None = None) -> int:
    """Wrap every data key by the active key of the ring; how many were wrapped anew. Old keys can then be destroyed."""
    rows = CustomerKey.objects.exclude(kek=crypto.active_kek())
    if office is not None:
        rows = rows.filter(customer__office=office)
    changed = 0
    for key in rows.iterator(chunk_size=500):
        key.kek, key.wrapped = crypto.rewrap(key.kek, bytes(key.wrapped))
        key.save(update_fields=["kek", "wrapped"])
        changed += 1
    return changed
