"""What a log has brought about so far: the office, its people, its customers by the log's own keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from common.errors import RuleError
from common.prepared import Prepared
from customers.models import Customer
from staff.models import Office, User

CUSTOMER = Prepared(lambda pk: Customer.objects.filter(pk=pk).select_related("key"), int)


@dataclass
class World:
    """What the log has brought about so far: the office, its people and the customers by the log's own keys."""

    office: Office
    people: dict[str, User] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    sellers: list[str] = field(default_factory=list)
    customers: dict[str, int | None] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    looking: dict[str, int] = field(default_factory=dict)
    follow_ups: dict[str, int] = field(default_factory=dict)
    measures: dict[str, int] = field(default_factory=dict)
    bulk: dict[str, int | None] = field(default_factory=dict)

    def person(self, code: str | None) -> User | None:
        """Whoever goes by this code; RuleError if their hiring was refused."""
        if code is None:
            return None
        if code not in self.people:
            raise RuleError(_("The hiring of %(code)s was refused") % {"code": code})
        return self.people[code]

    def must(self, code: str) -> User:
        """The person of a compulsory code."""
        person = self.person(code)
        assert person is not None
        return person

    def known(self, key: str) -> int:
        """The id of a key's customer; RuleError if the key names none (refused, or only looking)."""
        found = self.customers.get(key)
        if found is None:
            raise RuleError(_("%(key)s names no customer: the arrival was refused or only looking") % {"key": key})
        return found

    def customer(self, key: str | None) -> Customer | None:
        """The customer of a key, as the records are now."""
        if key is None:
            return None
        customer = CUSTOMER.get(self.known(key))
        customer.office = self.office
        return customer

    def owner(self, customer: Customer) -> User | None:
        """Whoever owned the customer last."""
        return self.people[self.codes[customer.owner_id]] if customer.owner_id else None

    def certain(self, key: str) -> Customer:
        """The customer of a compulsory key."""
        customer = self.customer(key)
        assert customer is not None
        return customer
