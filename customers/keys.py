"""Data keys and search tokens of customers: made at registration, rebuilt on change, destroyed at erasure."""

from common import crypto, names, phones

from .models import Customer, CustomerKey, Person, SearchToken

Token = tuple[str, bytes]


def give_key(customer: Customer) -> None:
    """Give an unsaved customer a data key of its own; :func:`keep_key` stores it once the customer has an id."""
    customer.__dict__["data_key"] = crypto.new_data_key()


def keep_key(customer: Customer) -> None:
    """Store the customer's data key, wrapped by the active key of the ring."""
    wrapped(customer).save(force_insert=True)


def wrapped(customer: Customer) -> CustomerKey:
    """The row of the customer's data key, unsaved."""
    key = customer.data_key
    assert key is not None
    row = CustomerKey(customer=customer, commitment=crypto.commitment(key))
    row.keep_key(key)
    return row


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
        SearchToken(office_id=customer.office_id, customer=customer, kind=kind, digest=digest) for kind, digest in fresh
    ]
    SearchToken.objects.bulk_create(rows)


def rebuild_tokens(customer: Customer) -> None:
    """Make the customer's search tokens anew from its people, for example after a change of the index key."""
    people = list(customer.people.all())
    wanted: set[Token] = set()
    for person in people:
        wanted |= tokens(name=person.name, phone=person.phone)
    customer.tokens.all().delete()
    add_tokens(customer, wanted - _numbers_elsewhere(customer, people), known=False)


def _numbers_elsewhere(customer: Customer, people: list[Person]) -> set[Token]:
    """Numbers of ``people`` that went with their person to another customer: who was written down last has it (OWN-01)."""
    lost: set[Token] = set()
    for person in people:
        digest = phone_digest(person.phone)
        held = SearchToken.objects.filter(office_id=customer.office_id, kind="phone", digest=digest)
        other = held.exclude(customer=customer).select_related("customer__key").first() if person.phone else None
        if other is None:
            continue
        latest = max((one.pk for one in other.customer.people.all() if one.phone == person.phone), default=0)
        if latest > person.pk:
            lost.add(("phone", digest))
        else:
            other.delete()
    return lost
