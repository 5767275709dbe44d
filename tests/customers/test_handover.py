"""Handing over: who may, who cannot receive, both sides confirm, each customer once, everybody told (HAND-01..04)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common.errors import RuleError
from customers import contacts, handover, leaving, messages, ownership, today
from customers.models import Customer, Episode, Handover, HandoverItem, HandoverState, Standing
from staff import approvals, fitness, posting
from staff import leaving as accounts
from staff.models import Message, Notice
from staff.roles import Role
from tests.house import House, phone


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


def held(house, count, by="A", **said):
    """Customers of somebody's."""
    return [
        house.customer(house.call(f"09:{n:02d}", by, name=f"客户{n}", phone=phone(n), **said))
        for n in range(1, count + 1)
    ]


def start(house, to="BC", by=None, **said):
    return handover.start(
        house.office,
        house.people["A"],
        to=[house.people[code] for code in to],
        by=by or house.supervisor,
        now=house.at("10:00"),
        reason="离职",
        **said,
    )


def refused(rule, *args, **kwargs):
    with pytest.raises(RuleError) as caught:
        rule(*args, **kwargs)
    return caught.value.rule


def owners(house):
    rows = Customer.objects.filter(office=house.office).order_by("number").select_related("owner")
    return "".join(house.codes[one.owner_id] for one in rows)


def confirmed(house, made, *receivers):
    handover.give(made, by=house.people["A"], now=house.at("10:10"))
    for n, code in enumerate(receivers):
        handover.receive(made, by=house.people[code], now=house.at(f"10:2{n}"))


@pytest.mark.rule("HAND-01", "OWN-14", "OWN-06a")
def test_both_sides_confirm_and_each_share_is_carried_out_with_a_new_thirty_days(house):
    held(house, 5)
    house.sleep(3)
    made = start(house)
    assert owners(house) == "AAAAA"
    handover.receive(made, by=house.people["B"], now=house.at("10:05"))
    assert owners(house) == "AAAAA"
    handover.give(made, by=house.people["A"], now=house.at("10:10"))
    assert owners(house) == "BABAB"
    handover.receive(made, by=house.people["C"], now=house.at("10:15"))
    assert owners(house) == "BCBCB"
    made.refresh_from_db()
    assert made.state == HandoverState.DONE
    one = Customer.objects.order_by("number").first()
    assert (one.since, one.valid_until) == (house.on, house.on + timedelta(days=30))
    first, second = Episode.objects.filter(customer=one).order_by("pk")
    assert (first.ended, second.basis, second.reason, second.by) == ("handover", "handover", "离职", house.people["A"])
    assert Episode.history.filter(id=second.pk).count() == 1
    assert Episode.history.filter(id=first.pk, ended="handover").count() == 1


@pytest.mark.rule("HAND-01")
def test_a_giver_who_has_gone_is_stood_in_for_with_a_reason(house):
    held(house, 2)
    made = start(house, "B")
    assert refused(handover.give, made, by=house.supervisor, now=house.at("10:10"), reason="忙") == "HAND-01"
    house.people["A"].postings.update(until=house.on - timedelta(days=1))
    made = Handover.objects.select_related("office", "giver").get()
    assert refused(handover.give, made, by=house.supervisor, now=house.at("10:10"), reason=" ") == "HAND-01"
    handover.give(made, by=house.supervisor, now=house.at("10:10"), reason="已离开")
    made.refresh_from_db()
    assert (made.stood_in_for, made.given_by) == ("已离开", house.supervisor)


@pytest.mark.rule("HAND-01", "OFF-04")
def test_who_cannot_receive_is_refused_in_words(house, neighbour):
    held(house, 2)
    people = house.people
    fitness.set_unfit(people["C"], reason="unwell", by=house.supervisor, now=house.at("09:30"))
    cases = {
        "the leaver": (people["A"], "HAND-01"),
        "unfit": (people["C"], "OFF-04"),
        "not sales staff": (house.clerk, "OFF-02"),
        "another office": (neighbour.people["X"], "OFF-02"),
    }
    for case, (person, rule) in cases.items():
        found = refused(
            handover.start, house.office, people["A"], to=[person], by=house.supervisor, now=house.at("10:00")
        )
        assert found == rule, case
    said = {"by": house.supervisor, "now": house.at("10:00")}
    assert refused(handover.start, house.office, people["A"], to=[], **said) == "HAND-01"
    assert refused(handover.start, house.office, people["A"], to=[people["B"]] * 2, **said) == "HAND-01"
    assert refused(handover.start, house.office, people["B"], to=[people["A"]], **said) == "HAND-01"
    people["B"].postings.update(until=house.on - timedelta(days=1))
    people["B"].__dict__.pop("posting", None)
    assert refused(handover.start, house.office, people["A"], to=[people["B"]], **said) == "OFF-02"
    assert not Handover.objects.exists()


@pytest.mark.rule("HAND-01", "OFF-04")
def test_somebody_leaving_is_given_nothing(house):
    (one, *_rest) = held(house, 2)
    fitness.set_unfit(house.people["B"], reason="leaving", by=house.supervisor, now=house.at("09:30"))
    assert refused(start, house, "B") == "OFF-04"
    said = {"to": house.people["B"], "by": house.supervisor, "now": house.at("10:00")}
    assert refused(ownership.transfer, one, reason="x", **said) == "OFF-04"


@pytest.mark.rule("HAND-01")
def test_only_a_supervisor_of_the_office_runs_it_and_never_their_own(house, neighbour, manager):
    held(house, 2)
    for who in (house.people["B"], house.clerk, neighbour.supervisor):
        assert refused(start, house, by=who) == "OFF-03"
    house.people["A"].postings.update(role=Role.SUPERVISOR)
    house.people["A"].__dict__.pop("posting", None)
    assert refused(start, house, by=house.people["A"]) == "HAND-01"
    assert start(house, by=manager).opened_by == manager


@pytest.mark.rule("HAND-01")
def test_one_open_handover_for_each_giver(house):
    held(house, 2)
    made = start(house)
    assert refused(start, house) == "HAND-01"
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(
            office=house.office, giver=house.people["A"], opened_by=house.supervisor, opened_at=house.at("10:00")
        )
    handover.cancel(made, by=house.supervisor, now=house.at("10:05"))
    assert start(house).state == "proposed"


@pytest.mark.rule("HAND-01")
def test_an_edit_by_hand_asks_everybody_to_confirm_again(house):
    held(house, 4)
    made = start(house)
    confirmed(house, made)
    chosen = list(HandoverItem.objects.filter(receiver=house.people["B"]).values_list("pk", flat=True))
    made = Handover.objects.select_related("office__policy", "giver").get()
    said = {"by": house.supervisor, "now": house.at("10:30")}
    assert handover.reassign(made, chosen, to=house.people["C"], **said) == 2
    made.refresh_from_db()
    assert (made.state, made.given_at, [one.receiver for one in made.shares.all()]) == (
        "proposed",
        None,
        [house.people["C"]],
    )
    assert refused(handover.receive, made, by=house.people["B"], now=house.at("10:31")) == "HAND-01"
    confirmed(house, made, "C")
    assert owners(house) == "CCCC"
    assert refused(handover.reassign, made, chosen, to=house.people["B"], **said) == "HAND-01"


@pytest.mark.rule("HAND-01")
def test_once_a_share_is_carried_out_the_plan_is_cancelled_not_changed(house):
    held(house, 4)
    made = start(house)
    confirmed(house, made, "B")
    assert refused(handover.propose_anew, made, to=[house.people["C"]], by=house.supervisor, now=house.at("10:30")) == (
        "HAND-01"
    )
    handover.cancel(made, by=house.supervisor, now=house.at("10:31"))
    assert owners(house) == "BABA"
    assert refused(handover.receive, made, by=house.people["C"], now=house.at("10:32")) == "HAND-01"


@pytest.mark.rule("HAND-01")
def test_what_the_giver_holds_no_more_stays_where_it_is(house):
    customers = held(house, 4)
    made = start(house, "B")
    ownership.transfer(
        customers[0], to=house.people["C"], by=house.supervisor, now=house.at("10:05"), reason="客户要求"
    )
    customers[1].standing, customers[1].owner, customers[1].valid_until = Standing.DEFEATED, None, None
    customers[1].save()
    confirmed(house, made, "B")
    assert [one.moved for one in made.items.order_by("customer__number")] == [False, False, True, True]
    assert [one.owner and one.owner.name for one in Customer.objects.order_by("number")] == ["C", None, "B", "B"]


@pytest.mark.rule("HAND-01")
def test_a_customer_with_a_deal_goes_along_and_keeps_it(house):
    (one,) = held(house, 1)
    one.standing, one.valid_until, one.next_due = Standing.SUBSCRIBED, None, date(2026, 3, 9)
    one.save()
    made = start(house, "B")
    confirmed(house, made, "B")
    one.refresh_from_db()
    assert (one.owner, one.standing, one.valid_until, one.next_due) == (
        house.people["B"],
        "subscribed",
        None,
        date(2026, 3, 9),
    )


@pytest.mark.rule("HAND-01", "LOST-01")
def test_what_set_by_set_leaves_is_what_a_single_transfer_leaves(house):
    """The same mirror fields and the same history as ``ownership.transfer``."""
    customers = held(house, 2)
    for one in customers:
        contacts.record(
            one, by=house.people["A"], now=house.at("09:50"), manner="phone", reached=True, result="好", level="A"
        )
    house.sleep(2)
    single, many = (Customer.objects.select_related("office__policy").get(pk=one.pk) for one in customers)
    ownership.transfer(single, to=house.people["B"], by=house.supervisor, now=house.at("10:10"), reason="离职")
    confirmed(house, start(house, "B"), "B")
    names = ("owner_id", "since", "valid_until", "standing", "next_due", "level")
    single.refresh_from_db()
    many.refresh_from_db()
    assert [getattr(single, name) for name in names] == [getattr(many, name) for name in names]
    kinds = [
        list(Episode.history.filter(customer=one).order_by("history_id").values_list("history_type", "ended", "basis"))
        for one in (single, many)
    ]
    assert kinds[0][-2:] == kinds[1][-2:]


@pytest.mark.rule("HAND-04", "PRIV-03")
def test_customers_who_agreed_are_told_who_looks_after_them_now(house):
    customers = held(house, 2)
    Customer.objects.filter(pk=customers[0].pk).update(consent=True)
    confirmed(house, start(house, "B"), "B")
    message = Message.objects.get(kind="handed")
    assert message.about == f"customer:{customers[0].pk}"
    told = messages.recipient(message, now=house.at("10:30"))
    assert (told.phone, "B" in told.text, "客户" in told.text.replace("客户顾问", "")) == (phone(1), True, False)


@pytest.mark.rule("HAND-04", "FUP-08")
def test_the_new_owner_calls_each_today_until_phoned(house):
    customers = held(house, 2)
    confirmed(house, start(house, "B"), "B")
    calls = [one.number for one in today.of(house.people["B"], now=house.at("11:00")).handed]
    assert sorted(calls) == [one.number for one in customers]
    assert today.of(house.people["A"], now=house.at("11:00")).handed == []
    one = Customer.objects.select_related("office__policy", "key").get(pk=customers[0].pk)
    contacts.record(one, by=house.people["B"], now=house.at("11:30"), manner="phone", reached=True, result="认识了")
    calls = [one.number for one in today.of(house.people["B"], now=house.at("12:00")).handed]
    assert calls == [customers[1].number]


@pytest.mark.rule("HAND-01")
def test_people_are_told_once_each(house):
    held(house, 3)
    confirmed(house, start(house), "B", "C")
    keys = Notice.objects.filter(key__startswith="hand").values_list("user__name", flat=True)
    assert sorted(keys) == ["A", "B", "B", "C", "C"]


@pytest.mark.rule("HAND-01")
def test_a_share_that_waits_is_carried_out_by_the_job_each_customer_once(house):
    held(house, 5)
    made = start(house, "B")
    confirmed(house, made)
    made.shares.update(received_at=house.at("10:20"))
    assert owners(house) == "AAAAA"
    assert handover.carry_out_waiting(now=house.at("10:40"), office=house.office) == 5
    assert handover.carry_out_waiting(now=house.at("10:42")) == 0
    assert owners(house) == "BBBBB"
    assert Episode.objects.filter(basis="handover").count() == 5


@pytest.mark.rule("HAND-01")
def test_carrying_out_costs_the_same_statements_for_one_as_for_many(db, clock):
    counts = []
    for size in (2, 20):
        house = House("AB")
        held(house, size)
        made = start(house, "B")
        handover.give(made, by=house.people["A"], now=house.at("10:10"))
        with CaptureQueriesContext(connection) as caught:
            handover.receive(made, by=house.people["B"], now=house.at("10:20"))
        counts.append(len(caught))
    assert counts[0] == counts[1]


@pytest.mark.rule("HAND-02")
def test_no_account_is_closed_and_no_post_left_while_it_owns(house, manager):
    held(house, 2)
    person = house.people["A"]
    said = {"by": manager, "now": house.at("10:00")}
    assert refused(leaving.close_account, person, **said) == "HAND-02"
    assert refused(leaving.end_posting, person, last_day=house.on, **said) == "HAND-02"
    assert refused(leaving.change_posting, person, role="clerk", **said) == "HAND-02"
    assert leaving.change_posting(person, role="probationary", **said).role == "probationary"
    confirmed(house, start(house, "B"), "B")
    leaving.close_account(person, **said)
    person.refresh_from_db()
    assert (person.is_active, posting.held(person, house.at("10:00")).until) == (False, house.on)
    assert refused(leaving.close_account, person, **said) == "HAND-02"


@pytest.mark.rule("HAND-02")
def test_who_closes_an_account(house, manager, neighbour):
    person, now = house.people["C"], house.at("10:00")
    for who in (house.supervisor, house.people["B"], neighbour.hire("nm", Role.MARKETING_MANAGER)):
        assert refused(leaving.close_account, person, by=who, now=now) == "HAND-02"
    assert refused(leaving.close_account, manager, by=manager, now=now) == "HAND-02"
    admin = house.hire("admin", Role.MARKETING_MANAGER)
    assert not leaving.close_account(person, by=admin, now=now).is_active


@pytest.mark.rule("HAND-02")
def test_a_lapsed_customer_binds_nobody(house, manager):
    held(house, 1)
    house.sleep(31)
    assert not leaving.close_account(house.people["A"], by=manager, now=house.at("10:00")).is_active


@pytest.mark.rule("HAND-01")
def test_requests_that_wait_are_handed_over_before_the_account_is_closed(house, manager):
    person, now = house.people["C"], house.at("10:00")
    asked = approvals.open_request(
        "test.kind",
        "test.kind:1",
        office=house.office,
        by=person,
        steps=[Role.MARKETING_MANAGER],
        snapshot={},
        now=now,
        title="优惠",
        url="/",
    )
    assert refused(leaving.close_account, person, by=manager, now=now) == "HAND-01"
    approvals.take_over(asked, to=house.people["B"], by=house.supervisor, reason="离职", now=now)
    assert not leaving.close_account(person, by=manager, now=now).is_active


@pytest.mark.rule("HAND-01")
def test_the_exports_of_a_leaver_are_frozen(house):
    person = house.people["A"]
    accounts.check_may_export(person)
    fitness.set_unfit(person, reason="leaving", by=house.supervisor, now=house.at("09:30"))
    assert refused(accounts.check_may_export, person) == "HAND-01"
    fitness.end(person, by=house.supervisor, now=house.at("09:40"))
    accounts.check_may_export(person)


@pytest.mark.rule("HAND-01")
def test_a_post_left_at_once_is_shared_out_by_number(house):
    held(house, 5)
    said = {"to": [house.people["C"], house.people["B"]], "by": house.supervisor, "now": house.at("10:00")}
    made = handover.leave_post(house.office, house.people["A"], **said)
    assert (owners(house), made.state) == ("CBCBC", "done")
    assert handover.leave_post(house.office, house.people["A"], **{**said, "to": []}) is None
    assert refused(handover.leave_post, house.office, house.people["B"], **{**said, "to": []}) == "HAND-01"
