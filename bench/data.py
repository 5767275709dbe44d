"""An office with many customers and lines, made quickly in bulk but as the rules would have left it.

Keys, search tokens, sealed details, the chain and the episodes are those of real registrations; only the histories, which no
page of the benchmarks opens, are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from common import crypto
from common.dates import last_valid_day
from customers import chain, keys, registers
from customers.models import (
    Basis,
    Customer,
    CustomerKey,
    Decision,
    Ended,
    Episode,
    LineKind,
    OfficeRegister,
    Person,
    RegisterLine,
    SearchToken,
    Source,
    Standing,
)
from customers.ownership import lapse_moment
from reception import roster
from staff.models import Branch, Company, Office, OfficePolicy, Posting, User
from staff.roles import Role

BATCH = 500
REPS = 16
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华文建国玉兰红梅志远思琪雨桐"
STEP = timedelta(minutes=4)
REASON = "没有有效的登记：登记为新客户。轮到{rep}接待（第 {round} 轮，第 {place} 位）。"


@dataclass(frozen=True)
class House:
    """An office and the people the benchmarks act as."""

    office: Office
    reps: list[User]
    desk: User


def found() -> House:
    """The office with its policy, its reps and its desk, in an empty database."""
    branch = Branch.objects.create(company=Company.objects.create(name="测量公司"), name="测量分公司")
    office = Office.objects.create(branch=branch, name="测量案场")
    OfficePolicy.objects.create(office=office)
    since = timezone.localdate() - timedelta(days=4000)
    people = [("desk", Role.CLERK, None), *((f"rep{n}", Role.REP, n) for n in range(1, REPS + 1))]
    for username, role, number in people:
        user = User.objects.create(username=username, name=f"测量{username}", password="!")
        Posting.objects.create(user=user, role=role, office=office, number=number, since=since)
    return house()


def neighbour_of(office: Office) -> Office:
    """An empty office beside ``office``."""
    return Office.objects.create(branch=office.branch, name="隔壁案场")


def house() -> House:
    """The office that :func:`found` made, read again."""
    office = Office.objects.select_related("policy").get(name="测量案场")
    reps = list(User.objects.filter(postings__office=office, postings__role=Role.REP).order_by("pk"))
    return House(office, reps, User.objects.get(username="desk"))


def open_house(place: House) -> None:
    """Everybody signs in today."""
    for rep in place.reps:
        roster.sign_in(place.office, rep, now=timezone.now())


def name_of(n: int) -> str:
    """The invented name of the n-th customer."""
    given = len(GIVEN)
    return SURNAMES[n % len(SURNAMES)] + GIVEN[n // 7 % given] + GIVEN[n // 31 % given]


def phone_of(n: int) -> str:
    """The number of the n-th customer, under a prefix that nobody holds."""
    return f"154{n:08d}"


def fill(place: House, upto: int) -> None:
    """Lengthen the register to ``upto`` lines, each the first visit of a customer of their own."""
    have = OfficeRegister.objects.get_or_create(office=place.office)[0].last_number
    begin = timezone.now() - timedelta(hours=1) - STEP * upto
    for first in range(have + 1, upto + 1, BATCH):
        _batch(place, range(first, min(first + BATCH, upto + 1)), begin)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@transaction.atomic
def _batch(place: House, numbers: range, begin: datetime) -> None:
    register = registers.lock(place.office)
    customers = [_customer(place, n, begin + STEP * n) for n in numbers]
    Customer.objects.bulk_create(customers)
    CustomerKey.objects.bulk_create(_key(customer) for customer in customers)
    Person.objects.bulk_create(_person(customer) for customer in customers)
    _keep_tokens(customers)
    lines = RegisterLine.objects.bulk_create(_lines(place, register, customers))
    Episode.objects.bulk_create(_episode(place, line) for line in lines)
    register.save(update_fields=["last_number", "head"])


def _customer(place: House, number: int, at: datetime) -> Customer:
    day = place.office.today(at)
    customer = Customer(
        office=place.office,
        standing=Standing.ACTIVE,
        owner=place.reps[number % REPS],
        since=day,
        valid_until=last_valid_day(day, place.office.policy.valid_days),
        number=number,
        registered_at=at,
        consent=number % 3 > 0,
    )
    keys.give_key(customer)
    return customer


def _key(customer: Customer) -> CustomerKey:
    key = customer.data_key
    assert key is not None
    kek, wrapped = crypto.wrap(key)
    return CustomerKey(customer=customer, kek=kek, wrapped=wrapped, commitment=crypto.commitment(key))


def _person(customer: Customer) -> Person:
    person = Person(customer=customer, added_at=customer.registered_at)
    person.name, person.phone = name_of(customer.number), phone_of(customer.number)
    return person


def _keep_tokens(customers: list[Customer]) -> None:
    """Search tokens, a dozen a customer, past the ORM: they are most of all rows."""
    rows = [
        (customer.office_id, customer.pk, kind, digest)
        for customer in customers
        for kind, digest in keys.tokens(name=name_of(customer.number), phone=phone_of(customer.number))
    ]
    table, columns = SearchToken._meta.db_table, "office_id, customer_id, kind, digest"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES (%s, %s, %s, %s)", rows)


def _lines(place: House, register: OfficeRegister, customers: list[Customer]) -> Iterator[RegisterLine]:
    """One line a customer, chained; the register's counter and head move along."""
    for customer in customers:
        number, owner = customer.number, customer.owner
        text, commit = chain.sealed_details({"name": name_of(number), "phone": phone_of(number)})
        line = RegisterLine(
            office=place.office,
            number=number,
            kind=LineKind.VISIT,
            at=customer.registered_at,
            customer=customer,
            decision=Decision.NEW,
            reason=REASON.format(rep=owner, round=number // REPS, place=number % REPS + 1),
            opens=True,
            first=True,
            source=(Source.WALK_IN, Source.MEDIA, Source.OUTDOOR)[number % 3],
            party=1 + number % 4,
            receiver=owner,
            owner=owner,
            recorded_by=place.desk,
            request_id=uuid4(),
            commit=commit,
            prev=register.head,
        )
        line.details = text
        line.digest = chain.digest(line.prev, registers.public_part(line, customer.uuid))
        register.last_number, register.head = number, line.digest
        yield line


def _episode(place: House, line: RegisterLine) -> Episode:
    customer = line.customer
    assert customer.valid_until is not None
    lapsed = customer.valid_until < timezone.localdate()
    return Episode(
        customer=customer,
        owner=customer.owner,
        basis=Basis.FIRST_VISIT,
        since=line.at,
        first_until=customer.valid_until,
        valid_until=customer.valid_until,
        line=line,
        until=lapse_moment(customer.valid_until, place.office) if lapsed else None,
        ended=Ended.LAPSED if lapsed else "",
    )
