"""Lines completed the same day, and those put before the supervisor when the day is over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from common.errors import RuleError
from customers import completing, keys, registers
from customers.completing import amend, lacking, put_before_supervisors
from customers.models import Person, RegisterLine
from customers.search import by_phone, matching
from staff.models import Notice
from tests.house import House, phone


@pytest.fixture
def house(db) -> House:
    house = House("AB")
    house.sign_in("A", "B")
    return house


def complete(house, line, at="10:00", kind="completion", **changed):
    return amend(line, by=house.people["A"], now=house.at(at), kind=kind, **changed)


def correct(house, line, at="10:00", **changed):
    return amend(line, by=house.clerk, now=house.at(at), kind="correction", reason="写错", **changed)


def reread(line) -> RegisterLine:
    return completing.with_entries(RegisterLine.objects.filter(pk=line.pk)).get()


@pytest.mark.rule("REG-08")
def test_what_a_line_lacks_is_known_until_it_is_added(house):
    line = house.visit("09:10").line
    assert lacking(reread(line)) == ["name", "phone"]
    complete(house, line, name="孙小平")
    assert lacking(reread(line)) == ["phone"]
    complete(house, line, phone=phone(1))
    assert lacking(reread(line)) == []


@pytest.mark.rule("OWN-06b")
def test_a_number_completed_later_finds_the_customer(house):
    told = house.visit("09:10", name="孙小平")
    complete(house, told.line, phone=phone(1))
    assert by_phone(house.office, phone(1)) == told.customer
    person = Person.objects.get(customer=told.customer)
    assert (person.name, person.phone) == ("孙小平", phone(1))
    house.leave(told, "11:00")
    assert house.visit("12:00", phone=phone(1)).decision == "returning"


@pytest.mark.rule("REG-04")
def test_a_corrected_name_and_number_are_found_and_the_wrong_ones_no_longer(house):
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    correct(house, told.line, name="宋小萍", phone=phone(2))
    customers = type(told.customer).objects.all()
    found = {
        text: matching(customers, text, office=house.office).count()
        for text in ("孙", "宋", phone(1), phone(2), "0001")
    }
    assert found == {"孙": 0, "宋": 1, phone(1): 0, phone(2): 1, "0001": 0}
    assert registers.details_of(told.line)["name"] == "孙小平"


def test_what_another_person_of_the_customer_is_found_by_stays(house):
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, "09:30")
    house.call("10:00", "A", name="孙小妹", phone=phone(2), relative=told.customer, relation="spouse")
    correct(house, told.line, name="宋平")
    customers = type(told.customer).objects.all()
    assert matching(customers, "孙小妹", office=house.office).count() == 1
    assert matching(customers, "孙", office=house.office).count() == 1
    assert matching(customers, "孙小平", office=house.office).count() == 0


@pytest.mark.rule("OWN-06b")
def test_a_number_that_another_customer_has_stays_theirs_and_only_supervisors_learn_of_it(house):
    first = house.visit("09:10", name="孙小平", phone=phone(1))
    second = house.visit("09:20", name="小孙")
    amend(second.line, by=house.people["B"], now=house.at("10:00"), kind="completion", phone=phone(1))
    assert by_phone(house.office, phone(1)) == first.customer
    assert lacking(reread(second.line)) == []
    notices = Notice.objects.filter(key__startswith="double")
    assert [(n.user, phone(1) in n.text) for n in notices] == [(house.supervisor, False)]


@pytest.mark.rule("REG-08")
@pytest.mark.parametrize(("at", "allowed"), [("23:59:59", True), ("00:00:00", False)])
def test_the_author_may_complete_until_midnight(house, at, allowed):
    line = house.visit("09:10").line
    if not allowed:
        house.sleep()
        with pytest.raises(RuleError) as refusal:
            complete(house, line, at=at, name="孙小平")
        assert refusal.value.rule == "REG-08"
    else:
        complete(house, line, at=at, name="孙小平")
    assert ("name" in lacking(reread(line))) is not allowed


@pytest.mark.rule("REG-04")
def test_completing_does_not_replace_what_is_there(house):
    line = house.visit("09:10", name="孙小平").line
    with pytest.raises(RuleError) as refusal:
        complete(house, line, name="别人", phone=phone(1))
    assert refusal.value.rule == "REG-04"
    assert not keys.SearchToken.objects.filter(kind="phone").exists()


@pytest.mark.rule("REG-08")
def test_an_incomplete_line_goes_before_the_supervisor_once_after_its_day(house):
    late, early = house.visit("09:10", name="孙小平").line, house.visit("09:20", name="赵敏", phone=phone(2)).line
    assert put_before_supervisors(now=house.at("23:59:59")) == 0
    house.sleep()
    assert [put_before_supervisors(now=house.at(at)) for at in ("00:00:00", "00:10", "08:00")] == [1, 0, 0]
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (house.supervisor, f"/register/{late.number}/")
    assert "孙小平" not in notice.text
    assert early.number == 2


def test_a_line_completed_in_time_is_not_put_before_anybody(house):
    complete(house, house.visit("09:10", name="孙小平").line, phone=phone(1))
    house.sleep()
    assert put_before_supervisors(now=house.at("00:10")) == 0


def test_days_missed_while_the_job_was_away_are_caught_up(house):
    house.visit("09:10", name="孙小平")
    house.on += timedelta(days=3)
    assert put_before_supervisors(now=house.at("12:00")) == 1


def test_an_erased_line_lacks_nothing(house):
    told = house.visit("09:10")
    told.customer.key.delete()
    assert lacking(reread(told.line)) == []
    house.sleep()
    assert put_before_supervisors(now=house.at("00:10")) == 0
