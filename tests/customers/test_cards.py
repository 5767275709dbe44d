"""The A-card's workflow, its deadlines, and the levels that it keeps."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from common.errors import RuleError
from customers import card_deadlines, cards, contacts, ownership
from customers.cards import Findings
from customers.models import Card, CardState, CardVersion, LevelChange
from tests.house import House, phone

pytestmark = pytest.mark.django_db
ALL = Findings(need=True, confidence=True, power=True)


@pytest.fixture
def house():
    house = House()
    house.sign_in("A", "B", "C")
    return house


@pytest.fixture
def customer(house):
    """A's customer, received on Monday at 09:30."""
    return house.customer(house.visit("09:30", name="王一", phone=phone(1)))


def submit(house, customer, at="10:00", findings=ALL, **more):
    return cards.submit(customer, by=house.people["A"], now=house.at(at), findings=findings, **more)


def sign(house, customer, at="18:00"):
    return cards.sign(customer, by=house.supervisor, now=house.at(at), guidance="约看样板间")


def file(house, customer, at="18:30"):
    return cards.file(customer, by=house.people["A"], now=house.at(at))


def judged(house, customer, at="23:59"):
    due_from = cards.deadline_day(customer, house.office)
    return cards.judge(cards.of(customer), due_from=due_from, office=house.office, now=house.at(at))


@pytest.mark.rule("CARD-01")
def test_card_begins_with_what_check_in_knows(house, customer):
    card = cards.begin(customer, office=house.office)
    assert (card.number, card.opened_at, card.due_from) == (1, house.at("09:30"), house.on)


@pytest.mark.rule("CARD-04")
def test_every_pair_of_states_follows_the_table(house, customer):
    card = cards.begin(customer, office=house.office)
    for now, then in product(CardState.values, repeat=2):
        card.state = now
        if then in cards.TRANSITIONS[now]:
            cards.STATES.move(card, then)
            assert card.state == then
        else:
            with pytest.raises(RuleError):
                cards.STATES.move(card, then)
            assert card.state == now


@pytest.mark.rule("CARD-04")
def test_card_goes_from_submission_to_the_file(house, customer):
    submit(house, customer)
    sign(house, customer)
    card = file(house, customer)
    assert (card.state, card.signed_by, card.guidance, card.level) == ("filed", house.supervisor, "约看样板间", "H")


@pytest.mark.rule("CARD-04")
def test_returned_card_is_submitted_again_as_a_new_version(house, customer):
    submit(house, customer)
    cards.send_back(customer, by=house.supervisor, now=house.at("11:00"), reason="需求没有写清")
    submit(house, customer, "12:00", Findings(need=True))
    versions = CardVersion.objects.order_by("version").values_list("version", "level")
    assert list(versions) == [(1, "H"), (2, "D")]


@pytest.mark.rule("CARD-04")
def test_a_returned_card_keeps_who_returned_it_and_when(house, customer):
    submit(house, customer)
    card = cards.send_back(customer, by=house.supervisor, now=house.at("11:00"), reason="需求没有写清")
    assert (card.returned_by, card.returned_at) == (house.supervisor, house.at("11:00"))
    card.returned_by = None
    with pytest.raises(IntegrityError), transaction.atomic():
        card.save()


@pytest.mark.rule("CARD-04")
def test_return_needs_a_reason_and_a_supervisor(house, customer):
    submit(house, customer)
    with pytest.raises(RuleError):
        cards.send_back(customer, by=house.supervisor, now=house.at("11:00"), reason=" ")
    with pytest.raises(RuleError):
        cards.sign(customer, by=house.people["B"], now=house.at("11:00"))
    assert Card.objects.get().state == "submitted"


@pytest.mark.rule("CARD-04")
def test_submitted_content_is_fixed(house, customer):
    cards.save_draft(customer, by=house.people["A"], now=house.at("09:40"), content="三室两厅", findings={"need": True})
    submit(house, customer)
    with pytest.raises(RuleError):
        cards.save_draft(customer, by=house.people["A"], now=house.at("10:10"), content="改过", findings={})
    version = CardVersion.objects.select_related("customer__key").get()
    assert version.content == "三室两厅"


@pytest.mark.rule("CARD-03")
def test_another_level_than_proposed_needs_a_reason(house, customer):
    with pytest.raises(RuleError) as refused:
        submit(house, customer, findings=Findings(need=True), level="H")
    assert refused.value.rule == "CARD-03"
    card = submit(house, customer, findings=Findings(need=True), level="H", reason="当场要付定金")
    assert card.level == "H"


@pytest.mark.rule("CARD-06")
def test_each_change_of_level_is_kept_with_its_reason(house, customer):
    submit(house, customer)
    contacts.record(
        customer,
        by=house.people["A"],
        now=house.at("15:00"),
        manner="phone",
        reached=True,
        result="要等年终奖",
        level="B",
    )
    changes = LevelChange.objects.order_by("pk").values_list("was", "became")
    assert list(changes) == [("", "H"), ("H", "B")]


@pytest.mark.rule("CARD-05")
def test_all_deadlines_kept_is_protected(house, customer):
    submit(house, customer)
    assert judged(house, customer).protected is None
    sign(house, customer)
    file(house, customer)
    assert judged(house, customer) == cards.Judgement(True)


@pytest.mark.rule("CARD-05")
@pytest.mark.parametrize(("clock", "protected", "missed"), [("23:59:59", None, ()), ("00:00:00", False, ("submit",))])
def test_submission_is_due_by_midnight_of_the_day_of_reception(house, customer, clock, protected, missed):
    if clock == "00:00:00":
        house.sleep()
    submit(house, customer, clock)
    verdict = judged(house, customer, clock)
    assert (verdict.protected, verdict.missed) == (protected, missed)


@pytest.mark.rule("CARD-05")
def test_card_never_submitted_is_unprotected_from_the_next_day_on(house, customer):
    assert judged(house, customer, "23:59:59").protected is None
    house.sleep()
    assert judged(house, customer, "00:00:00") == cards.Judgement(False, ("submit",))


@pytest.mark.rule("CARD-05")
def test_supervisor_s_delay_is_the_supervisor_s_and_does_not_unprotect(house, customer):
    submit(house, customer)
    house.sleep()
    assert judged(house, customer, "09:00") == cards.Judgement(None)
    assert judged(house, customer, "09:00:01") == cards.Judgement(None, (), supervisor_late=True)
    sign(house, customer, "11:00")
    file(house, customer, "11:05")
    assert judged(house, customer) == cards.Judgement(True, (), supervisor_late=True)


@pytest.mark.rule("CARD-05")
@pytest.mark.parametrize(("nights", "clock", "protected"), [(2, "23:59:59", True), (3, "00:00:00", False)])
def test_filing_is_due_by_the_end_of_the_second_day_after_signing(house, customer, nights, clock, protected):
    submit(house, customer)
    sign(house, customer)
    house.sleep(nights)
    file(house, customer, clock)
    assert judged(house, customer).protected is protected


@pytest.mark.rule("CARD-05")
def test_web_lead_s_deadlines_count_from_the_day_it_was_given_out(house):
    lead = house.customer(house.web(name="王网", phone=phone(9)))
    house.sleep(3)
    ownership.assign(lead, to=house.people["A"], by=house.supervisor, now=house.at("10:00"))
    submit(house, lead, "20:00")
    assert judged(house, lead).missed == ()


@pytest.mark.rule("OWN-07")
def test_registering_anew_asks_for_a_new_card(house, customer):
    submit(house, customer)
    house.sleep(31)
    house.sign_in("A")
    house.visit("09:30", phone=phone(1))
    customer.refresh_from_db()
    assert (customer.number, customer.level, cards.of(customer)) == (2, "", None)


def test_a_colleague_cannot_submit(house, customer):
    with pytest.raises(RuleError):
        cards.submit(customer, by=house.people["B"], now=house.at("10:00"), findings=ALL)


def test_lapsed_customer_has_no_card_to_work_on(house, customer):
    house.sleep(31)
    with pytest.raises(RuleError):
        submit(house, customer)


@pytest.mark.rule("CARD-05")
def test_a_card_returned_in_time_is_with_the_rep_and_nobody_is_late(house, customer):
    cards.submit(customer, by=house.people["A"], now=house.at("11:00"), findings=ALL)
    cards.send_back(customer, by=house.supervisor, now=house.at("19:00"), reason="补预算")
    later = house.at("12:00", on=house.on + timedelta(days=3))
    card = Card.objects.get()
    found = cards.judge(card, due_from=card.due_from, office=house.office, now=later)
    assert (found.supervisor_late, found.protected) == (False, None)
    words = card_deadlines.steps(card, due_from=card.due_from, office=house.office, now=later)
    assert [step.kept for step in words] == [True, None, None]
