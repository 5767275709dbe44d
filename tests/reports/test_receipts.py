"""Taking a closed month over, with no planner, two or one who left; the archive's list and what it says of a change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection

from common.errors import RuleError
from crm import schedule
from reports import archive, receipts
from reports.models import MonthArchive, Receipt
from staff.models import AccessLog, Notice
from staff.roles import Role
from tests.customers.test_verify import tampered
from tests.house import phone
from tests.reports.conftest import APRIL, Shop

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REP-05", "HAND-03")]
LIST = "/reports/closed/"


@pytest.fixture
def closed(shop) -> MonthArchive:
    """March is closed; it is 2 April."""
    shop.visit("09:30", phone=phone(1))
    shop.on = APRIL
    archive.close_months(now=shop.at("02:00"))
    shop.on = date(2026, 4, 2)
    return MonthArchive.objects.get()


def gone(shop: Shop) -> None:
    """The planner has left."""
    shop.planner.postings.update(until=shop.on - timedelta(days=1))


def told(shop: Shop, days: int) -> list[str]:
    """Who is reminded after so many days, by the job."""
    before = set(Notice.objects.values_list("pk", flat=True))
    shop.on = APRIL + timedelta(days=days)
    schedule.run("remind_months", now=shop.at("09:00"))
    return sorted(one.user.name for one in Notice.objects.exclude(pk__in=before).select_related("user"))


def test_where_there_is_no_planner_the_manager_takes_the_month_over(shop, closed):
    gone(shop)
    for who in (shop.planner, shop.supervisor):
        with pytest.raises(RuleError, match="营销策划"):
            receipts.take_over(closed, by=who, now=shop.at("09:00"))
    assert receipts.take_over(closed, by=shop.manager, now=shop.at("09:00")).by == shop.manager


def test_of_two_planners_one_takes_it_over_and_the_other_reads_who_did(shop, closed):
    other = shop.hire("other", Role.PLANNER)
    receipts.take_over(closed, by=other, now=shop.at("09:00"))
    with pytest.raises(RuleError, match="other"):
        receipts.take_over(closed, by=shop.planner, now=shop.at("09:01"))
    assert Receipt.objects.count() == 1


def test_who_follows_a_planner_takes_over_what_was_left(shop, closed):
    gone(shop)
    heir = shop.hire("heir", Role.PLANNER)
    with pytest.raises(RuleError):
        receipts.take_over(closed, by=shop.manager, now=shop.at("09:00"))
    assert told(shop, 3) == ["heir"]
    assert receipts.take_over(closed, by=heir, now=shop.at("09:00")).by == heir


def test_a_month_not_taken_over_is_called_to_mind_once_and_the_manager_told_later(shop, closed):
    assert [told(shop, days) for days in (2, 3, 4, 6, 7, 8, 30)] == [[], ["planner"], [], [], ["manager"], [], []]


def test_without_a_planner_the_manager_is_reminded(shop, closed):
    gone(shop)
    assert [told(shop, days) for days in (3, 7)] == [["manager"], []]


def test_a_month_taken_over_is_called_to_mind_no_more(shop, closed):
    receipts.take_over(closed, by=shop.planner, now=shop.at("09:00"))
    assert [told(shop, days) for days in (3, 7)] == [[], []]


def proofs(response) -> list[tuple[str, bool]]:
    """Each listed month, and whether it is as it was."""
    return [(f"{one.month:%Y-%m}", "approved" in proof) for one, proof in response.context["rows"]]


def test_the_archive_is_listed_a_page_at_a_time_by_those_who_see_reports(shop, closed, sign_in):
    shop.on = date(2027, 5, 1)
    archive.close_months(now=shop.at("02:00"))
    client = sign_in(shop.planner)
    first = client.get(LIST)
    rest = client.get(LIST, {"cursor": first.context["page"].next_cursor})
    assert [len(proofs(first)), len(proofs(rest)), proofs(first)[0]] == [12, 2, ("2027-04", True)]
    assert proofs(rest) == [("2026-04", True), ("2026-03", True)]
    assert proofs(sign_in(Shop("X").planner).get(LIST)) == []
    assert sign_in(shop.people["A"]).get(LIST).status_code == 403


@pytest.mark.parametrize("part", ["figures", "workbook"])
def test_an_archive_that_was_changed_is_flagged_and_given_out_to_nobody(shop, closed, sign_in, part):
    changed = "replace(figures, '\"visits\":1', '\"visits\":9')" if part == "figures" else "figures_sha256"
    changed = changed if part == "figures" else "'\\x00'::bytea" if connection.vendor == "postgresql" else "x'00'"
    tampered(f"UPDATE reports_montharchive SET {part} = {changed}")
    with time_machine.travel(shop.at("10:00"), tick=False):
        client, page = sign_in(shop.planner), archive.address(closed)
        assert proofs(client.get(LIST)) == [("2026-03", False)]
        response = client.get(page)
        assert ("REP-05" in response.content.decode(), "tables" in response.context) == (
            part == "figures",
            part != "figures",
        )
        assert client.get(f"{page}workbook/").status_code == 302
        assert AccessLog.objects.filter(action="downloaded").count() == 0
        assert client.get("/reports/offices/?month=2026-03").status_code == 200
        if part == "figures":
            client.post(f"{page}take-over/")
            assert Receipt.objects.count() == 0
