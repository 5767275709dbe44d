"""The customer's record: kept with consent, sealed, every version kept, nothing overwritten unseen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from common.errors import RuleError
from customers import consent, dossier, feedback
from customers import dossier_content as content
from customers.models import Customer, Dossier, Feedback, LineKind
from staff.models import Notice
from tests.house import phone

FIELDS = st.dictionaries(st.sampled_from(list(content.LABELS)), st.text("甲乙丙", max_size=3))


def agreed(house, n=1, at="09:10"):
    told = house.visit(at, name=f"客户{n}", phone=phone(n))
    house.leave(told, at=f"{at[:3]}{int(at[3:]) + 5:02}")
    one = house.customer(told)
    consent.give(one, ["record"], channel="desk", by=house.clerk, now=house.at("10:00"))
    return one


@pytest.fixture
def customer(house):
    return agreed(house)


def save(house, customer, version=0, *, by=None, at="10:30", **said):
    return dossier.save(customer, said, version=version, by=by or house.people["A"], now=house.at(at))


def say(house, customer, theme="price", sentiment="complaint", *, by=None, **said):
    return feedback.add(
        customer, theme=theme, sentiment=sentiment, by=by or house.people["A"], now=house.at("11:00"), **said
    )


def said_of(customer) -> dict[str, str]:
    return content.read(dossier.of(customer).content)


def refusal(act, *args, **kwargs) -> str:
    with pytest.raises(RuleError) as refused:
        act(*args, **kwargs)
    return refused.value.rule


@pytest.mark.rule("REG-11")
def test_what_is_known_is_kept_and_every_field_is_optional(house, customer):
    made = save(house, customer, home="城东", sex="female", income="200")
    assert (made.version, made.changed_by, made.changed_at) == (1, house.people["A"], house.at("10:30"))
    assert said_of(customer) == {"home": "城东", "sex": "female", "income": "200"}
    save(house, customer, 1)
    assert said_of(customer) == {}


@pytest.mark.rule("REG-11", "PRIV-02")
def test_record_opinions_and_history_are_sealed(house, customer):
    save(house, customer, home="秘密城东")
    save(house, customer, 1, home="秘密城西")
    say(house, customer, text="秘密太贵")
    with connection.cursor() as cursor:
        for table in ("customers_dossier", "customers_historicaldossier", "customers_feedback"):
            cursor.execute(f"SELECT * FROM {table}")
            rows = cursor.fetchall()
            assert rows
            assert "秘密".encode() not in b"".join(
                bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                for row in rows
                for value in row
            )


@pytest.mark.rule("PRIV-05")
def test_without_the_key_nothing_of_it_can_be_read(house, customer):
    save(house, customer, home="城东")
    say(house, customer, text="太贵")
    customer.key.delete()
    bare = Customer.objects.select_related("office__policy").get(pk=customer.pk)
    assert content.read(dossier.of(bare).content) == {}
    assert [one.fields for one in dossier.changes(dossier.of(bare))] == [[]]
    assert [one.text for one in feedback.of(bare, most=9)] == [""]


@pytest.mark.rule("PRIV-01")
def test_without_consent_nothing_is_kept_beyond_the_register(house):
    told = house.visit("09:10", name="孙小平", phone=phone(1), consent=True)
    one = house.customer(told)
    assert refusal(save, house, one, home="城东") == "PRIV-01"
    assert refusal(say, house, one) == "PRIV-01"
    assert (Dossier.objects.count(), Feedback.objects.count()) == (0, 0)
    assert told.line.kind == LineKind.VISIT


@pytest.mark.rule("PRIV-03")
def test_taking_consent_back_erases_record_history_and_opinions_at_once(house, customer):
    other = agreed(house, 2, "09:30")
    for one in (customer, other):
        owner = one.owner
        save(house, one, home="城东", by=owner)
        save(house, one, 1, home="城西", by=owner)
        say(house, one, text="太贵", by=owner)
    consent.withdraw(customer, "record", channel="phone", by=house.clerk, now=house.at("12:00"))
    for model in (Dossier, Feedback, Dossier.history.model):
        assert set(model.objects.values_list("customer", flat=True)) == {other.pk}
    assert Notice.objects.filter(user=customer.owner, key__startswith="consent:").count() == 1
    assert refusal(save, house, customer, home="城东") == "PRIV-01"
    consent.give(customer, ["record"], channel="desk", by=house.clerk, now=house.at("12:01"))
    assert save(house, customer, home="城南").version == 1


@pytest.mark.rule("REG-11")
def test_owner_and_desk_write_it_and_nobody_else(house, neighbour, customer):
    save(house, customer, home="城东", by=house.clerk)
    save(house, customer, 1, home="城西", by=house.supervisor)
    for who in (house.people["B"], neighbour.clerk):
        assert refusal(save, house, customer, 2, by=who, home="x") == "REG-11"
        assert refusal(say, house, customer, by=who) == "REG-11"


@pytest.mark.rule("REG-11")
def test_a_stale_edit_overwrites_nothing_and_tells_who_changed_what(house, customer):
    save(house, customer, home="城东", hobbies="钓鱼")
    save(house, customer, 1, home="城西", hobbies="钓鱼", by=house.clerk, at="10:40")
    with pytest.raises(dossier.Stale) as refused:
        save(house, customer, 1, home="城东", hobbies="下棋", at="10:50")
    (change,) = refused.value.changes
    assert (change.by, change.at, change.fields) == (house.clerk, house.at("10:40"), ["home"])
    assert said_of(customer) == {"home": "城西", "hobbies": "钓鱼"}
    mine = content.merged(refused.value.base, said_of(customer), {"home": "城东", "hobbies": "下棋"})
    assert (mine["home"], mine["hobbies"]) == ("城西", "下棋")
    for odd in (0, 7, 10**12):
        assert refusal(save, house, customer, odd, home="x") == "REG-11"


@pytest.mark.rule("REG-11")
def test_every_version_says_who_changed_what_and_nothing_new_is_no_version(house, customer):
    save(house, customer, home="城东")
    save(house, customer, 1, home="城东", at="10:40")
    save(house, customer, 1, home="城西", needs="三房", by=house.clerk, at="10:50")
    told = [(one.version, one.by.name, one.fields) for one in dossier.changes(dossier.of(customer))]
    assert told == [(2, "clerk", ["home", "needs"]), (1, "A", ["home"])]


@pytest.mark.rule("REG-11")
def test_an_age_keeps_the_day_it_was_told(house, customer):
    save(house, customer, age="41")
    house.sleep(20)
    save(house, customer, 1, age="41", home="城东", by=house.clerk)
    assert said_of(customer)["age_on"] == "2026-03-02"
    save(house, customer, 2, age="42", by=house.clerk)
    assert said_of(customer)["age_on"] == "2026-03-22"
    assert "42" in content.words("age", said_of(customer))


@pytest.mark.rule("REG-11")
@pytest.mark.parametrize(
    ("said", "company", "filled", "asked"),
    [
        ({}, False, 0, 13),
        ({"name": "孙", "phone": "1"}, False, 2, 13),
        ({"age": "41", "birthday": "1985-01-01", "wechat": "x", "email": "y"}, False, 2, 13),
        ({}, True, 0, 18),
        ({"capital": "100"}, False, 1, 18),
        (dict.fromkeys([*content.LABELS, "name"], "x"), True, 18, 18),
    ],
)
def test_completeness_counts_what_may_be_known(said, company, filled, asked):
    found = content.completeness(said, company=company)
    assert (found.filled, found.asked, len(found.missing)) == (filled, asked, asked - filled)


def test_a_company_is_shown_where_there_is_one():
    assert [len(content.shown(said, company=c)) for said, c in (({}, False), ({}, True), ({"field": "x"}, False))] == [
        2,
        3,
        3,
    ]


@given(FIELDS, FIELDS, FIELDS)
def test_a_merge_keeps_mine_where_i_wrote_and_theirs_elsewhere(base, theirs, mine):
    found = content.merged(base, theirs, mine)
    for name in content.LABELS:
        changed = base.get(name, "") != mine.get(name, "")
        assert found[name] == (mine if changed else theirs).get(name, "")
    assert content.merged(base, theirs, base) == {name: theirs.get(name, "") for name in content.LABELS}


@given(FIELDS)
def test_what_is_written_is_read_again(said):
    assert content.read(content.write(said)) == {name: text for name, text in said.items() if text}


@pytest.mark.rule("REG-11")
@pytest.mark.parametrize(("days", "kept"), [(0, True), (366, True), (367, False), (-1, False)])
def test_an_opinion_was_heard_within_the_year(house, customer, days, kept):
    day = house.on - timedelta(days=days)
    if kept:
        assert say(house, customer, day=day).day == day
    else:
        assert refusal(say, house, customer, day=day) == "REG-11"


@pytest.mark.rule("REG-11")
def test_a_month_is_summed_by_theme(house, neighbour, customer):
    other, foreign = agreed(house, 2, "09:30"), agreed(neighbour, 3)
    for theme, sentiment, who in (("price", "complaint", customer), ("price", "praise", customer)):
        say(house, who, theme, sentiment)
    say(house, other, "price", "complaint", by=house.clerk)
    say(house, other, "service", "praise", by=house.clerk, day=date(2026, 2, 28))
    say(neighbour, foreign, by=neighbour.clerk)
    rows = feedback.summary(Feedback.objects.visible_to(house.supervisor), date(2026, 3, 1))
    told = {row.label: ([one.count for one in row.ways], row.total.count, row.customers) for row in rows}
    assert list(told.values()) == [
        ([0, 0, 0], 0, 0),
        ([1, 0, 2], 3, 2),
        ([0, 0, 0], 0, 0),
        ([0, 0, 0], 0, 0),
        ([1, 0, 2], 3, 2),
    ]
    assert rows[1].ways[2].query == "month=2026-03&theme=price&sentiment=complaint"
    mine = feedback.summary(Feedback.objects.visible_to(house.people["A"]), date(2026, 3, 1))
    assert (mine[-1].total.count, mine[-1].customers) == (2, 1)
    assert feedback.summary(Feedback.objects.visible_to(house.supervisor), date(2026, 4, 1)) == []
