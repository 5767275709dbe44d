"""Lists taken out as workbooks: what the filter shows, masked, marked, logged, sealed, gone after a day (REP-07)."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from openpyxl import load_workbook

from common import crypto
from common.errors import RuleError
from customers.models import Customer
from exchange import exporting
from exchange.models import ExportFile, ExportJob, ExportState
from sales import deals
from staff.models import AccessLog, Fitness, Notice
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REP-07")]


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


def ask(house, name, *, by, query="", text=""):
    return exporting.ask(name, query=query, text=text, by=by, now=house.at("12:00"))


def sheet(house, name, *, by, query="", text=""):
    job = exporting.work(ask(house, name, by=by, query=query, text=text), now=house.at("12:00"))
    data = exporting.fetch(job, by=by, now=house.at("12:01"))
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]


def rows(house, name, **how):
    return sheet(house, name, **how)[2:]


def test_the_register_comes_out_as_its_page_shows_it(house):
    told = house.visit("09:10", name="金丝", phone=phone(1), needs="三房", source="media")
    house.call("09:20", "B", name="银线", phone=phone(2))
    found = rows(house, "register", by=house.supervisor)
    assert [row[0] for row in found] == [2, 1]
    assert found[1][1:7] == ["2026-03-02 09:10", "visit", "first", "金丝", "154****0001", None]
    assert found[1][7:] == ["三房", "new", "media", 1, house.receiver(told), house.owner(told)]


def test_a_rep_takes_out_their_own_alone(house):
    mine, theirs = house.call("09:10", "A", name="我的"), house.call("09:20", "B", name="别人")
    a = house.people["A"]
    assert [row[0] for row in rows(house, "customers", by=a)] == [mine.line.number]
    assert [row[0] for row in rows(house, "my_register", by=a)] == [mine.line.number]
    assert [row[0] for row in rows(house, "register", by=house.people["B"])] == [theirs.line.number]


def test_the_filter_and_the_search_of_the_page_hold(house):
    house.visit("09:10", name="金丝", phone=phone(1))
    house.call("09:20", "B", name="银线", phone=phone(2))
    desk = house.supervisor
    assert [row[4] for row in rows(house, "register", by=desk, query="kind=call")] == ["银线"]
    assert [row[4] for row in rows(house, "register", by=desk, text="jin")] == ["金丝"]
    assert rows(house, "register", by=desk, text=None) == []
    assert rows(house, "register", by=desk, query="kind=nonsense&since=x") != []


def test_every_sheet_bears_who_and_when(house):
    house.visit("09:10", name="金丝")
    mark = sheet(house, "register", by=house.supervisor)[0][0]
    assert (str(house.supervisor) in mark, "2026-03-02 12:00" in mark, house.office.name in mark) == (True, True, True)


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@x", "=cmd|' /C calc'!A0", "\t=1", "a\x01b"])
def test_no_cell_begins_a_formula(house, text):
    house.visit("09:10", name="金丝", phone=phone(1), needs=text)
    job = exporting.work(ask(house, "register", by=house.supervisor), now=house.at("12:00"))
    book = load_workbook(io.BytesIO(exporting.fetch(job, by=house.supervisor, now=house.at("12:00"))))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_units_and_deals_keep_their_numbers(house, manager):
    deals.add_units(house.office, [{"code": "1-101", "list_price": "1000000"}])
    told = house.call("09:10", "A", name="金丝", phone=phone(1))
    unit = house.office.units.get()
    deals.subscribe(house.customer(told), unit, price="1000000", by=house.people["A"], now=house.at("10:00"))
    assert rows(house, "deals", by=manager)[0][1:] == ["1-101", 1, "A", 1_000_000, "subscribed"]
    assert rows(house, "units_list", by=manager, query="state=for_sale") == []


@pytest.mark.parametrize(
    ("name", "who"), [("pool", "A"), ("defeats", "A"), ("my_register", "clerk"), ("nothing", "clerk"), ("", "clerk")]
)
def test_a_list_that_the_role_does_not_see_is_refused(house, name, who):
    by = house.people.get(who) or house.clerk
    with pytest.raises(RuleError, match="no such list"):
        ask(house, name, by=by)


def test_a_right_withdrawn_before_the_work_refuses_it(house):
    job = ask(house, "register", by=house.supervisor)
    house.supervisor.postings.update(role=Role.FINANCE)
    job = exporting.work(job, now=house.at("12:00"))
    assert (job.state, "no such list" in job.refusal) == (ExportState.REFUSED, True)
    assert Notice.objects.filter(user=house.supervisor, key=f"export:{job.pk}").exists()


@pytest.mark.rule("HAND-01")
def test_whoever_is_leaving_takes_nothing_out(house):
    a = house.people["A"]
    job = exporting.work(ask(house, "customers", by=a), now=house.at("12:00"))
    Fitness.objects.create(user=a, office=house.office, reason="leaving", since=house.at("12:00"), set_by=house.clerk)
    with pytest.raises(RuleError, match="You are leaving"):
        ask(house, "customers", by=a)
    with pytest.raises(RuleError, match="You are leaving"):
        exporting.fetch(job, by=a, now=house.at("12:01"))


@pytest.mark.rule("ACC-05")
def test_taking_out_is_logged_with_list_and_rows(house):
    house.visit("09:10", name="金丝")
    job = exporting.work(ask(house, "register", by=house.supervisor), now=house.at("12:00"))
    logged = AccessLog.objects.get(action="exported")
    assert (logged.user, logged.subject, logged.reason) == (
        house.supervisor,
        f"export:{job.pk}",
        "Public register, 1 rows",
    )


def test_it_expires_to_the_second_and_is_destroyed(house):
    house.visit("09:10", name="金丝")
    job = exporting.work(ask(house, "register", by=house.supervisor), now=house.at("12:00"))
    end = job.expires_at
    assert exporting.fetch(job, by=house.supervisor, now=end - timedelta(seconds=1))
    with pytest.raises(RuleError, match="expired"):
        exporting.fetch(job, by=house.supervisor, now=end)
    assert exporting.clear(now=end - timedelta(seconds=1)) == 0
    assert exporting.clear(now=end) == 1
    job.refresh_from_db()
    assert (job.kek, bytes(job.asked_sealed), ExportFile.objects.exists()) == ("", b"", False)
    assert exporting.clear(now=end) == 0


def test_file_filter_and_search_are_kept_sealed(house):
    house.visit("09:10", name="金丝银线", phone=phone(1))
    exporting.work(ask(house, "register", by=house.supervisor, text="金丝银线"), now=house.at("12:00"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT asked_sealed FROM exchange_exportjob UNION ALL SELECT sealed FROM exchange_exportfile")
        blobs = [bytes(blob) for (blob,) in cursor.fetchall()]
    assert len(blobs) == 2
    assert all(blob.startswith(crypto.VERSION) and "金丝".encode() not in blob and blob[:2] != b"PK" for blob in blobs)


def test_a_maker_that_died_is_followed_and_a_busy_one_left_alone(house):
    house.visit("09:10", name="金丝")
    job = ask(house, "register", by=house.supervisor)
    ExportJob.objects.filter(pk=job.pk).update(state=ExportState.RUNNING, claimed_at=house.at("12:00"))
    assert exporting.work_all(now=house.at("12:10")) == 0
    assert exporting.work_all(now=house.at("12:10:01")) == 1
    assert ExportJob.objects.get().state == ExportState.DONE
    assert exporting.work_all(now=house.at("12:30")) == 0


def test_only_so_many_at_once(house):
    for _n in range(exporting.MOST_WAITING):
        ask(house, "register", by=house.supervisor)
    with pytest.raises(RuleError, match="Several exports"):
        ask(house, "register", by=house.supervisor)


def test_statements_do_not_grow_with_the_rows_of_a_chunk(house, django_assert_max_num_queries):
    counts = []
    for n in (1, 12):
        while Customer.objects.count() < n:
            house.call("09:10", "A", name="客", phone=phone(Customer.objects.count()))
        job = ask(house, "register", by=house.supervisor)
        with django_assert_max_num_queries(40) as counted:
            exporting.work(job, now=house.at("12:00"))
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_the_page_takes_a_short_list_out_at_once_and_hands_it_over(house, sign_in):
    house.visit("09:10", name="金丝", phone=phone(1))
    client = sign_in(house.supervisor)
    page = client.get("/register/?kind=visit").content.decode()
    assert 'name="query" value="kind=visit"' in page
    response = client.post("/exports/new/", {"list": "register", "query": "kind=visit"})
    job = ExportJob.objects.get()
    assert (response.url, job.state) == (f"/exports/{job.pk}/", ExportState.DONE)
    assert f"/exports/{job.pk}/file/" in client.get(response.url).content.decode()
    file = client.get(f"/exports/{job.pk}/file/")
    assert (file.status_code, file.content[:2], "attachment" in file.headers["Content-Disposition"]) == (
        200,
        b"PK",
        True,
    )
    assert f'href="/exports/{job.pk}/"' in client.get("/exports/").content.decode()


def test_a_search_of_the_page_is_taken_along(house, sign_in):
    house.visit("09:10", name="金丝", phone=phone(1))
    house.call("09:20", "B", name="银线", phone=phone(2))
    client = sign_in(house.supervisor)
    where = client.post("/find/", {"q": "银线", "where": "register"}).url
    client.post("/exports/new/", {"list": "register", "query": where.partition("?")[2]})
    assert ExportJob.objects.get().total == 1


def test_a_long_list_waits_for_the_job_and_shows_progress(house, sign_in, monkeypatch):
    monkeypatch.setattr(exporting, "AT_ONCE", 0)
    house.visit("09:10", name="金丝")
    client = sign_in(house.supervisor)
    client.post("/exports/new/", {"list": "register", "query": ""})
    job = ExportJob.objects.get()
    part = client.get(f"/exports/{job.pk}/", headers=HTMX).content.decode()
    assert ('hx-trigger="every 2s"' in part, "<progress" in part) == (True, True)
    assert client.get(f"/exports/{job.pk}/file/").url == f"/exports/{job.pk}/"
    exporting.work_all(now=house.at("12:00"))
    assert "hx-trigger" not in client.get(f"/exports/{job.pk}/", headers=HTMX).content.decode().partition("<header>")[0]
    assert Notice.objects.filter(user=house.supervisor, link=f"/exports/{job.pk}/").exists()


def test_what_another_took_out_is_not_there(house, neighbour, sign_in):
    job = exporting.work(ask(house, "register", by=house.supervisor), now=house.at("12:00"))
    for other in (house.clerk, house.people["A"], neighbour.supervisor):
        assert sign_in(other).get(f"/exports/{job.pk}/").status_code == 404
        assert sign_in(other).get(f"/exports/{job.pk}/file/").status_code == 404


def test_an_unknown_list_leads_back_in_words(house, sign_in):
    client = sign_in(house.people["A"])
    assert "REP-07" in client.post("/exports/new/", {"list": "pool"}, follow=True).content.decode()
    assert client.post("/exports/new/", {"list": "../x"}).url == "/exports/"


def test_an_empty_list_comes_out_empty(house):
    assert rows(house, "defeats", by=house.supervisor) == []
