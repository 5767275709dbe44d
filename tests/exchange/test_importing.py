"""Older registers, follow-ups and price lists brought in (REG-10)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from common.errors import RuleError
from customers import registers, search
from customers.models import Customer, CustomerKey, Episode, FollowUp, Person, RegisterLine, SearchToken, Standing
from exchange import batches, checking, importing, reading
from exchange.models import BatchState, ImportBatch, ImportFile, ImportRow, RowState
from sales import units
from sales.models import Unit
from staff.models import Notice
from staff.roles import Role
from tests.exchange.tables import text, xlsx
from tests.house import House, phone

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REG-10")]
HEADS = ["编号", "日期", "时间", "类型", "姓名", "电话", "需求", "来源", "接待人", "业务员", "级别", "备注"]


@pytest.fixture
def old(db, clock):
    """An office that has not registered anybody yet."""
    house = House("ABC")
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    return house


def row(n, day="2026-02-20", name="甲", number=None, **more):
    said = {
        "编号": n,
        "日期": day,
        "时间": "09:30",
        "类型": "来访",
        "姓名": name,
        "电话": number or phone(n),
        "接待人": "A",
    }
    return [str((said | more).get(head, "")) for head in HEADS]


def upload(house, rows, *, kind="register", name="old.xlsx", heads=HEADS, by=None, data=None):
    data = data if data is not None else xlsx([heads, *rows])
    batch = reading.upload(house.office, kind=kind, name=name, data=data, by=by or house.manager, now=house.at("12:00"))
    return importing.work(batch, now=house.at("12:00"), pieces=100)


def check(house, batch, *, without=(), fill_down=False):
    mapping = {name: n for name, n in batch.mapping.items() if name not in without}
    batch = checking.begin_check(batch, mapping=mapping, fill_down=fill_down)
    return importing.work(batch, now=house.at("12:00"), pieces=100)


def run(house, batch, *, set_aside=False):
    batch = importing.start(batch, set_aside=set_aside)
    return importing.work(batch, now=house.at("12:00"), pieces=100)


def bring(house, rows, **how):
    without = how.pop("without", ())
    return run(house, check(house, upload(house, rows, **how), without=without))


def faults(batch):
    return {one.n: [fault[0] for fault in one.faults] for one in batch.rows.filter(state=RowState.BAD)}


def test_a_register_comes_in_with_numbers_dates_and_owners(old):
    batch = bring(old, [row(2, "2026-02-21", "乙", 业务员="B", 级别="A"), row(1, "2026-02-20", "甲", 业务员="")])
    assert (batch.state, batch.total, batch.done) == (BatchState.DONE, 2, 2)
    first, second = RegisterLine.objects.select_related("customer__key").order_by("number")
    assert (first.number, first.at, first.opens, first.first) == (1, old.at("09:30", date(2026, 2, 20)), True, True)
    assert (first.receiver, first.owner, second.owner) == (old.people["A"], old.people["A"], old.people["B"])
    assert registers.details_of(second)["name"] == "乙"
    customer = second.customer
    assert (customer.number, customer.level, customer.since) == (2, "A", date(2026, 2, 21))
    assert customer.valid_until == date(2026, 3, 23)
    assert customer.next_due == date(2026, 2, 28)
    assert registers.fault(old.office) is None


def test_the_register_goes_on_after_what_was_brought_in(old):
    bring(old, [row(n) for n in (1, 2, 3)])
    old.sign_in("A", "B")
    assert old.visit("13:00", name="新", phone=phone(9)).line.number == 4
    assert registers.fault(old.office) is None


def test_people_brought_in_are_found_and_known_at_the_desk(old):
    bring(old, [row(1, 业务员="C")])
    assert search.by_phone(old.office, phone(1)).owner == old.people["C"]
    assert list(search.matching(Customer.objects.all(), "jia", office=old.office)) == list(Customer.objects.all())
    old.sign_in("A", "B", "C")
    told = old.visit("13:00", phone=phone(1))
    assert (told.decision, old.receiver(told)) == ("returning", "C")


def test_history_keys_and_tokens_are_written_for_each(old):
    bring(old, [row(1), row(2)])
    assert [Person.history.count(), Episode.history.count(), CustomerKey.objects.count()] == [2, 2, 2]
    assert {one.history_user for one in Episode.history.all()} == {old.manager}
    assert SearchToken.objects.filter(kind="phone").count() == 2


def test_a_second_arrival_counts_as_a_follow_up_and_one_after_the_lapse_opens_anew(old):
    same = phone(1)
    days = [("2026-01-01", "来访"), ("2026-01-20", "来电"), ("2026-02-25", "来访")]
    bring(old, [row(n, day, number=same, 类型=kind) for n, (day, kind) in enumerate(days, 1)])
    lines = RegisterLine.objects.order_by("number")
    assert [line.decision for line in lines] == ["new", "returning", "lapsed"]
    customer = Customer.objects.get()
    assert (customer.number, customer.valid_until) == (3, date(2026, 3, 27))
    first, second = customer.episodes.all()
    assert (first.ended, first.valid_until, second.until) == ("lapsed", date(2026, 2, 19), None)
    assert FollowUp.objects.count() == 1


def test_a_web_lead_without_owner_waits_to_be_given_out(old):
    bring(old, [row(1, 类型="网络", 接待人="")])
    customer = Customer.objects.get()
    assert (customer.standing, customer.owner) == (Standing.UNASSIGNED, None)
    assert not Episode.objects.exists()


def test_without_numbers_the_next_ones_are_given_in_order_of_time(old):
    old.sign_in("A")
    old.visit("09:00", name="旧", phone=phone(50))
    bring(old, [row(7, "2026-02-22", "乙"), row(3, "2026-02-21", "甲")], without=["number"])
    assert [(line.number, registers.details_of(line)["name"]) for line in RegisterLine.objects.order_by("number")] == [
        (1, "旧"), (2, "甲"), (3, "乙")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"日期": ""}, "day"), ({"日期": "2026-02-30"}, "day"), ({"日期": "2026-03-03"}, "day"), ({"时间": "25:00"}, "time"),
        ({"电话": "123"}, "phone"), ({"电话": "1.54E+10"}, "phone"), ({"业务员": "Z"}, "owner"), ({"接待人": "99"}, "receiver"),
        ({"级别": "Z"}, "level"), ({"类型": "飞鸽"}, "kind"), ({"来源": "?"}, "source"), ({"编号": "x"}, "number"),
        ({"姓名": "甲" * 61}, "name"), ({"备注": "字" * 2001}, "summary"), ({"姓名": "", "电话": "", "编号": ""}, "name"),
    ],
)  # fmt: skip
def test_a_row_with_a_fault_names_the_column(old, change, column):
    said = dict(zip(HEADS, row(1), strict=True)) | change
    batch = check(old, upload(old, [[said[head] for head in HEADS]]))
    assert faults(batch) == {2: [column]}
    assert not RegisterLine.objects.exists()


def test_nothing_is_taken_in_while_a_row_is_bad_unless_it_is_set_aside(old):
    batch = check(old, upload(old, [row(1), row(2, "soon"), row(3)]), without=["number"])
    with pytest.raises(RuleError, match="1 rows are to be mended"):
        importing.start(batch, set_aside=False)
    batch = run(old, batch, set_aside=True)
    assert (batch.state, batch.done, batch.bad) == (BatchState.DONE, 2, 1)


@pytest.mark.rule("REG-01")
@pytest.mark.parametrize(
    ("numbers", "words"),
    [((1, 3), "missing.*2"), ((2, 3), "missing.*1"), ((5,), "missing.*1、2、3、4")],
)
def test_a_series_with_a_gap_is_refused(old, numbers, words):
    batch = check(old, upload(old, [row(n) for n in numbers]))
    with pytest.raises(RuleError, match=words):
        importing.start(batch, set_aside=True)
    assert not RegisterLine.objects.exists()


@pytest.mark.rule("REG-01")
def test_a_number_that_the_register_has_is_refused(old):
    old.sign_in("A")
    old.visit("09:00", name="旧", phone=phone(50))
    batch = check(old, upload(old, [row(1)]))
    with pytest.raises(RuleError, match="1 exists already"):
        importing.start(batch, set_aside=True)


def test_a_number_twice_in_the_file_is_to_be_mended(old):
    batch = check(old, upload(old, [row(1), row(1, "2026-02-21", "乙", phone(8))]))
    assert faults(batch) == {3: ["number"]}


@pytest.mark.rule("REG-01")
def test_a_visitor_registered_meanwhile_stops_the_import_and_nothing_is_half_done(old):
    batch = check(old, upload(old, [row(1), row(2)]))
    old.sign_in("A")
    old.visit("09:00", name="快", phone=phone(50))
    batch = run(old, batch)
    assert (batch.state, batch.done) == (BatchState.STOPPED, 0)
    assert "somebody was registered meanwhile" in batch.stopped_by
    assert RegisterLine.objects.count() == 1
    assert registers.fault(old.office) is None


def test_the_same_file_twice_brings_nothing_in_twice(old):
    rows = [row(1), row(2)]
    bring(old, rows, without=["number"])
    again = check(old, upload(old, rows), without=["number"])
    assert (again.known, again.good) == (2, 0)
    assert again.rows.first().result == "Registered already under no. 1"
    with pytest.raises(RuleError, match="No row is left"):
        importing.start(again, set_aside=True)


def test_the_same_arrival_twice_in_a_file_is_taken_once(old):
    batch = check(old, upload(old, [row(1), row(2, number=phone(1))]), without=["number"])
    assert (batch.good, batch.known) == (1, 1)
    assert batch.rows.get(state=RowState.KNOWN).result == "The same as row 2"


def test_merged_cells_of_days_take_the_day_above(old):
    rows = [row(1, "2026-02-20"), row(2, ""), row(3, ""), row(4, "2026-02-22"), row(5, "")]
    batch = upload(old, rows)
    assert faults(check(old, batch)) == {3: ["day"], 4: ["day"], 6: ["day"]}
    run(old, check(old, batch, fill_down=True))
    days = [old.office.today(at).day for at in RegisterLine.objects.order_by("number").values_list("at", flat=True)]
    assert days == [20, 20, 20, 22, 22]


def test_a_file_of_more_than_one_chunk_is_filled_down_across_it(old, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 3)
    run(old, check(old, upload(old, [row(1, "2026-02-20"), *(row(n, "") for n in range(2, 9))]), fill_down=True))
    assert {at.date() for at in RegisterLine.objects.values_list("at", flat=True)} == {date(2026, 2, 20)}


def test_a_stop_anywhere_is_gone_on_from(old, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    batch = reading.upload(
        old.office, kind="register", name="a.csv", data=text([HEADS, *(row(n) for n in range(1, 8))]),
        by=old.manager, now=old.at("12:00"),
    )  # fmt: skip
    while batch.state != BatchState.DONE:
        if batch.state == BatchState.MAPPING:
            batch = checking.begin_check(batch, mapping=batch.mapping, fill_down=False)
        elif batch.state == BatchState.CHECKED:
            batch = importing.start(batch, set_aside=False)
        batch = importing.work(ImportBatch.objects.get(pk=batch.pk), now=old.at("12:00"), pieces=1)
    assert old.numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert registers.fault(old.office) is None


def test_reading_begun_again_stages_no_row_twice(old, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    batch = reading.upload(
        old.office, kind="register", name="a.csv", data=text([HEADS, *(row(n) for n in range(1, 6))]),
        by=old.manager, now=old.at("12:00"),
    )  # fmt: skip
    reading._stage(batch, [(2, row(1)), (3, row(2))])
    batch = importing.work(batch, now=old.at("12:00"), pieces=1)
    assert list(batch.rows.order_by("n").values_list("n", flat=True)) == [2, 3, 4, 5, 6]
    assert not ImportFile.objects.exists()


def test_numbers_of_rows_are_those_of_the_file(old):
    data = xlsx([["来访登记表"], HEADS, row(1), [], row(2, "?"), ["", ""]])
    batch = check(old, upload(old, [], data=data))
    assert (batch.total, faults(batch)) == (2, {5: ["day"]})


@pytest.mark.parametrize("data", [xlsx([]), xlsx([HEADS]), xlsx([[], []])])
def test_a_file_without_rows_is_dropped_in_words(old, data):
    batch = upload(old, [], data=data)
    assert (batch.state, batch.stopped_by[:7]) == (BatchState.DROPPED, "No rows")


def test_a_damaged_file_is_dropped_with_what_to_do(old):
    batch = upload(old, [], data=xlsx([HEADS, row(1)])[:300])
    assert (batch.state, "damaged" in batch.stopped_by, batch.kek) == (BatchState.DROPPED, True, "")
    assert Notice.objects.get(user=old.manager).link == f"/imports/{batch.pk}/"


def test_a_needed_column_must_be_chosen_and_none_twice(old):
    batch = upload(old, [row(1)])
    with pytest.raises(RuleError, match="Choose the column for: Day"):
        checking.begin_check(batch, mapping={"name": 4}, fill_down=False)
    with pytest.raises(RuleError, match="one thing only"):
        checking.begin_check(batch, mapping={"day": 1, "name": 1}, fill_down=False)


def test_a_dropped_import_leaves_nothing(old):
    batch = batches.drop(upload(old, [row(1)]), now=old.at("12:00"))
    assert (batch.state, batch.kek, batch.columns) == (BatchState.DROPPED, "", [])
    assert not ImportRow.objects.exists()


def test_an_import_that_is_done_can_be_neither_dropped_nor_run_again(old):
    batch = bring(old, [row(1)])
    with pytest.raises(RuleError):
        batches.drop(batch, now=old.at("12:00"))
    with pytest.raises(RuleError):
        importing.start(batch, set_aside=True)


def test_rows_are_destroyed_a_week_after_the_end(old):
    batch = bring(old, [row(1)])
    assert batches.clear(now=old.at("12:00") + timedelta(days=7)) == 0
    assert batches.clear(now=old.at("12:01") + timedelta(days=7)) == 1
    batch.refresh_from_db()
    assert (batch.kek, batch.rows.count(), batch.state) == ("", 0, BatchState.DONE)
    assert batches.clear(now=old.at("12:02") + timedelta(days=7)) == 0


@pytest.mark.rule("PRIV-02")
def test_names_and_numbers_wait_sealed(old):
    upload(old, [row(1, name="李密密")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells_sealed FROM exchange_importrow")
        sealed = b"".join(bytes(one) for (one,) in cursor.fetchall())
        cursor.execute("SELECT columns_sealed FROM exchange_importbatch")
        sealed += b"".join(bytes(one) for (one,) in cursor.fetchall())
    for secret in ("李密密", phone(1)):
        assert secret.encode() not in sealed


@pytest.mark.parametrize("who", ["A", "supervisor"])
def test_without_the_duty_nothing_is_brought_in(old, who):
    person = old.people.get(who) or old.supervisor
    with pytest.raises(RuleError):
        upload(old, [row(1)], by=person)


def test_the_clerk_brings_registers_in_but_no_prices(old):
    assert upload(old, [row(1)], by=old.clerk).state == BatchState.MAPPING
    with pytest.raises(RuleError):
        upload(old, [["1-101", "1000000"]], kind="units", heads=["房号", "总价"], by=old.clerk)


def test_a_file_name_is_kept_without_its_path(old):
    batch = reading.upload(
        old.office, kind="register", name="C:\\x\\..\\<b>表\u202e.csv", data=b"a", by=old.manager, now=old.at("12:00")
    )
    assert batch.file_name == "b表.csv"


def test_follow_ups_come_in_by_the_rules_of_their_day(old):
    bring(old, [row(1, "2026-02-01")])
    heads = ["编号", "跟进日期", "方式", "跟进人", "接通", "内容", "级别"]
    rows = [
        ["1", "2026-02-10", "电话", "A", "是", "再谈", "A"],
        ["1", "2026-02-12", "微信", "A", "未接通", "", ""],
        ["1", "2026-02-15", "电话", "B", "是", "别人的", ""],
        ["9", "2026-02-15", "电话", "A", "是", "无此人", ""],
    ]
    batch = check(old, upload(old, rows, kind="follow_ups", heads=heads))
    assert faults(batch) == {5: ["number"]}
    batch = run(old, batch, set_aside=True)
    assert (batch.done, batch.bad) == (2, 2)
    assert "not your customer" in batch.rows.get(n=4).faults[0][1]
    assert [(one.day.day, one.reached, one.signature) for one in FollowUp.objects.order_by("at")] == [
        (10, True, "none"), (12, False, "none")
    ]  # fmt: skip
    customer = Customer.objects.get()
    assert (customer.valid_until, customer.level) == (date(2026, 3, 12), "A")


def test_follow_ups_twice_are_there_already(old):
    bring(old, [row(1, "2026-02-01")])
    heads, rows = ["电话", "日期", "跟进人", "内容"], [[phone(1), "2026-02-10", "A", "再谈"]]
    assert bring(old, rows, kind="follow_ups", heads=heads).done == 1
    assert check(old, upload(old, rows, kind="follow_ups", heads=heads)).known == 1


@pytest.mark.rule("OWN-06a")
def test_a_follow_up_after_the_lapse_is_refused_in_the_words_of_the_rule(old):
    bring(old, [row(1, "2026-01-01")])
    rows = [["1", "2026-02-10", "A", "太晚"]]
    batch = bring(old, rows, kind="follow_ups", heads=["编号", "日期", "跟进人", "内容"])
    assert (batch.done, "lapsed" in batch.rows.get().faults[0][1]) == (0, True)


@pytest.mark.rule("DEAL-01")
def test_units_are_added_and_known_ones_repriced(old):
    units.add(old.office, by=old.manager, now=old.at("09:00"), code="1-101", list_price="900000")
    heads = ["房号", "楼栋", "楼层", "户型", "建筑面积", "总价"]
    rows = [
        ["1-101", "1", "1", "三房", "89.5", "95万"],
        ["1-102", "1", "B1", "两房", "70㎡", "¥800,000"],
        ["1-102", "1", "1", "", "", "1"],
    ]
    batch = check(old, upload(old, rows, kind="units", heads=heads))
    assert (batch.good, batch.known) == (2, 1)
    run(old, batch)
    assert list(Unit.objects.order_by("code").values_list("code", "list_price", "floor", "area")) == [
        ("1-101", Decimal("950000.00"), None, None),
        ("1-102", Decimal("800000.00"), -1, Decimal("70.00")),
    ]


@pytest.mark.rule("DEAL-01")
@pytest.mark.parametrize("price", ["", "0", "-5", "1.234", "much"])
def test_a_unit_without_a_price_is_to_be_mended(old, price):
    assert faults(check(old, upload(old, [["1-101", price]], kind="units", heads=["房号", "总价"]))) == {
        2: ["list_price"]
    }


def test_a_unit_at_this_price_is_there_already(old):
    units.add(old.office, by=old.manager, now=old.at("09:00"), code="1-101", list_price="900000")
    assert check(old, upload(old, [["1-101", "90万"]], kind="units", heads=["房号", "总价"])).known == 1


def test_the_office_next_door_is_untouched(old):
    other = House("XY")
    bring(old, [row(1)])
    assert not Customer.objects.filter(office=other.office).exists()
    assert not ImportBatch.objects.visible_to(other.supervisor).exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_take_every_row_once(clock, monkeypatch):
    old = House("ABC")
    old.manager = old.hire("manager", Role.MARKETING_MANAGER)
    monkeypatch.setattr(batches, "CHUNK", 5)
    batch = importing.start(check(old, upload(old, [row(n) for n in range(1, 41)])), set_aside=False)

    def work():
        try:
            importing.work(ImportBatch.objects.get(pk=batch.pk), now=old.at("12:00"), pieces=100)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert old.numbers() == list(range(1, 41))
    assert ImportBatch.objects.get().state == BatchState.DONE
    assert registers.fault(old.office) is None
