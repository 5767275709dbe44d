"""What people do on the board: sign in and out, away, duty, back, fitness, and the supervisor's adjustments."""

from __future__ import annotations

import pytest

from common.errors import RuleError
from reception import roster
from reception.models import RotationEvent
from staff import posting
from staff.models import Fitness
from staff.roles import Role
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    """A, B and C signed in, P on probation."""
    house = House("ABC", probationary="P")
    house.sign_in("A", "B", "C", "P")
    return house


def unfit(house: House, code: str, at: str = "09:30", reason: str = "unwell") -> None:
    """The supervisor takes somebody out."""
    roster.set_unfit(house.office, house.people[code], reason=reason, by=house.supervisor, now=house.at(at))


def fit(house: House, code: str, at: str = "10:00") -> None:
    """The supervisor lets somebody in again."""
    roster.set_fit(house.office, house.people[code], by=house.supervisor, now=house.at(at))


@pytest.mark.rule("REC-01")
def test_nobody_is_in_the_queue_without_signing_in():
    house = House()
    house.sign_in("B")
    assert house.queue() == "B"
    with pytest.raises(RuleError) as refused:
        house.away("A", "09:10")
    assert refused.value.rule == "REC-01"


@pytest.mark.rule("REC-11")
def test_probationary_staff_sign_in_and_hold_no_place(house):
    assert (house.queue(), house.seat("P").state, house.seat("P").position) == ("ABC", "waiting", None)


@pytest.mark.rule("OFF-02")
@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.MARKETING_MANAGER, Role.FINANCE, Role.ADMIN])
def test_one_who_does_not_sell_cannot_sign_in(house, role):
    with pytest.raises(RuleError) as refused:
        roster.sign_in(house.office, house.hire("other", role), now=house.at("09:00"))
    assert refused.value.rule == "OFF-02"


@pytest.mark.rule("OFF-01")
def test_a_rep_of_another_office_cannot_sign_in(house):
    with pytest.raises(RuleError):
        roster.sign_in(house.office, House("X").people["X"], now=house.at("09:00"))


# Fit to receive


@pytest.mark.rule("OFF-04")
@pytest.mark.parametrize("reason", ["training", "unwell", "other_work", "leaving"])
def test_an_unfit_person_is_out_of_the_rotation_while_it_lasts(house, reason):
    unfit(house, "A", reason=reason)
    assert house.queue() == "BC"
    assert house.receiver(house.visit("09:40")) == "B"
    fit(house, "A")
    assert house.queue() == "ACB"[:2]
    time = Fitness.objects.get()
    assert (time.reason, time.since, time.until, time.set_by, time.ended_by) == (
        reason,
        house.at("09:30"),
        house.at("10:00"),
        house.supervisor,
        house.supervisor,
    )


@pytest.mark.rule("OFF-04")
def test_an_unfit_person_cannot_sign_in_on_any_later_day(house):
    unfit(house, "A")
    house.sleep(5)
    with pytest.raises(RuleError) as refused:
        house.sign_in("A")
    assert refused.value.rule == "OFF-04"
    fit(house, "A", at="09:00")
    house.sign_in("A", at="09:01")
    assert house.queue() == "A"


@pytest.mark.rule("OFF-04")
def test_one_who_signed_out_and_is_declared_fit_stays_signed_out(house):
    house.sign_out("A", "09:10")
    unfit(house, "A")
    fit(house, "A")
    assert house.seat("A").state == "signed_out"
    house.sign_in("A", at="10:10")
    assert house.seat("A").state == "waiting"


@pytest.mark.rule("OFF-04")
def test_one_hired_for_training_cannot_sign_in_until_declared_fit(house):
    trainee = posting.hire(house.office, name="T", role=Role.TRAINEE, username="t", now=house.at("08:00"))
    house.people["T"], house.codes[trainee.pk] = trainee, "T"
    with pytest.raises(RuleError) as refused:
        house.sign_in("T", at="09:05")
    assert refused.value.rule == "OFF-04"
    fit(house, "T")
    house.sign_in("T", at="10:05")
    assert house.queue() == "ABCT"


@pytest.mark.rule("OFF-04")
def test_training_ends_with_the_posting_and_begins_with_it(house):
    trainee = posting.hire(house.office, name="T", role=Role.TRAINEE, username="t", now=house.at("08:00"))
    posting.change(trainee, role=Role.REP, now=house.at("09:00"))
    assert not roster.is_unfit(trainee)
    posting.change(trainee, role=Role.TRAINEE, now=house.at("09:30"))
    assert roster.is_unfit(trainee)
    assert [time.reason for time in Fitness.objects.all()] == ["training", "training"]


@pytest.mark.rule("OFF-04")
def test_only_the_four_reasons_are_taken_and_only_once(house):
    with pytest.raises(RuleError):
        unfit(house, "A", reason="lazy")
    unfit(house, "A")
    with pytest.raises(RuleError):
        unfit(house, "A", at="09:31")
    assert Fitness.objects.count() == 1


@pytest.mark.rule("OFF-04")
def test_a_fit_person_cannot_be_declared_fit(house):
    with pytest.raises(RuleError) as refused:
        fit(house, "A")
    assert refused.value.rule == "OFF-04"


# Away and on duty


@pytest.mark.rule("REC-08")
@pytest.mark.parametrize(("back_at", "receiver", "passed"), [("09:24", "A", 0), ("09:26", "B", 1)])
def test_one_back_before_being_passed_still_holds_the_turn(house, back_at, receiver, passed):
    house.away("A", "09:20")
    if back_at < "09:25":
        house.back("A", back_at)
    told = house.visit("09:25")
    if back_at > "09:25":
        house.back("A", back_at)
    assert (house.receiver(told), house.seat("A").passed) == (receiver, passed)


@pytest.mark.rule("REC-21")
def test_a_granted_duty_is_not_passed(house):
    roster.send_on_duty(
        house.office, house.people["A"], by=house.supervisor, now=house.at("09:20"), reason="到房管局会签"
    )
    house.visit("09:25")
    house.back("A", "10:00")
    assert (house.seat("A").passed, house.queue()) == (0, "AC")
    event = RotationEvent.objects.get(kind="on_duty")
    assert (event.by, event.reason) == (house.supervisor, "到房管局会签")


@pytest.mark.rule("REC-21")
def test_a_duty_needs_a_supervisor_and_a_reason(house):
    person = house.people["A"]
    for by, reason, rule in (
        (house.clerk, "会签", "OFF-03"),
        (person, "会签", "OFF-03"),
        (House("X").supervisor, "会签", "OFF-03"),
        (house.supervisor, "  ", "REC-21"),
    ):
        with pytest.raises(RuleError) as refused:
            roster.send_on_duty(house.office, person, by=by, now=house.at("09:20"), reason=reason)
        assert refused.value.rule == rule
    assert house.seat("A").state == "waiting"


@pytest.mark.rule("REC-21")
@pytest.mark.parametrize("leave", ["sign_out", "away"])
def test_nobody_leaves_while_receiving_or_assisting(house, leave):
    house.visit("09:20", helpers=1)
    for code in "AB":
        with pytest.raises(RuleError) as refused:
            getattr(house, leave)(code, "09:30")
        assert refused.value.rule == "REC-21"


@pytest.mark.rule("REC-06")
def test_signing_out_and_in_again_keeps_the_place(house):
    house.sign_out("A", "09:10")
    house.sign_in("A", at="09:20")
    assert house.queue() == "ABC"


# Adjustments


@pytest.mark.rule("REC-14")
def test_the_supervisor_skips_and_moves_with_a_reason_that_is_kept(house):
    roster.skip(house.office, house.people["A"], by=house.supervisor, now=house.at("09:10"), reason="接电话")
    roster.move(house.office, house.people["C"], place=1, by=house.supervisor, now=house.at("09:11"), reason="补轮")
    assert house.queue() == "CBA"
    kept = RotationEvent.objects.filter(kind__in=["skipped", "moved"]).order_by("seq")
    assert [(event.who, event.by, event.reason, event.data) for event in kept] == [
        (house.people["A"], house.supervisor, "接电话", {}),
        (house.people["C"], house.supervisor, "补轮", {"place": 1}),
    ]


@pytest.mark.rule("REC-14")
@pytest.mark.parametrize("reason", ["", "   "])
def test_an_adjustment_without_a_reason_is_refused(house, reason):
    for adjust in (
        lambda: roster.skip(house.office, house.people["A"], by=house.supervisor, now=house.at("09:10"), reason=reason),
        lambda: roster.move(
            house.office, house.people["A"], place=2, by=house.supervisor, now=house.at("09:10"), reason=reason
        ),
    ):
        with pytest.raises(RuleError) as refused:
            adjust()
        assert refused.value.rule == "REC-14"
    assert house.queue() == "ABC"


@pytest.mark.rule("REC-14")
def test_only_the_supervisor_of_the_office_adjusts(house):
    for by in (house.clerk, house.people["A"], House("X").supervisor):
        with pytest.raises(RuleError) as refused:
            roster.skip(house.office, house.people["A"], by=by, now=house.at("09:10"), reason="好")
        assert refused.value.rule == "OFF-03"
