"""The evening meeting, guidance, daily and weekly reports, stock-taking (REP-01..03)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from common.errors import RuleError
from customers import cards, contact_signing, contacts, guidance
from customers.models import Customer, FollowUp
from reports import day_figures, intent, meeting, naming, person_figures, persons, stocktaking
from reports.models import DayReport, Problem, StockTick, WeekReport
from staff.models import Notice
from tests.house import House, phone
from tests.markup import HTMX

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def contact(house, told, code, at="10:00", **said):
    said = {"manner": "phone", "reached": True, "result": "再谈"} | said
    return contacts.record(house.customer(told), by=house.people[code], now=house.at(at), **said)


@pytest.mark.rule("REP-01")
def test_the_day_in_figures_by_rep_and_source(house):
    told = house.visit("09:10", phone=phone(1), source="media")
    house.call("09:20", "B", phone=phone(2), source="call_in")
    house.web("09:30", phone=phone(3))
    house.leave(told, "09:40")
    contact(house, told, house.owner(told), level="A")
    contact(house, told, house.owner(told), at="10:05", reached=False, result="")
    found = day_figures.of(house.office, MONDAY)
    assert (found.visits, found.calls, found.web, found.first, found.repeat) == (1, 1, 1, 3, 0)
    part = found.by_rep[house.people[house.owner(told)].pk]
    assert (part.visits, part.new, part.contacts, part.effective) == (1, 1, 2, 1)
    assert found.by_rep[house.people["B"].pk].calls == 1
    assert sum(found.by_source.values()) == 3
    assert [(move.was, move.became) for move in found.moves] == [("", "A")]


@pytest.mark.rule("REP-01")
def test_a_day_ends_at_local_midnight(house):
    house.call("23:59:59", "A", phone=phone(1))
    house.sleep()
    house.call("00:00", "A", phone=phone(2))
    assert [day_figures.of(house.office, MONDAY + timedelta(days=n)).calls for n in (0, 1)] == [1, 1]


@pytest.mark.rule("REP-01")
def test_the_figures_of_a_day_take_as_many_statements_however_much_happened(house, django_assert_max_num_queries):
    counts = []
    for n in (1, 6):
        for one in range(n):
            house.call("09:10", "A", phone=phone(10 * n + one))
        with django_assert_max_num_queries(8) as counted:
            day_figures.of(house.office, MONDAY)
        counts.append(len(counted))
    assert counts[0] == counts[1]


@pytest.mark.rule("REP-01")
def test_a_problem_is_raised_and_answered_once(house):
    problem = meeting.raise_problem(house.office, words=" 沙盘坏了 ", by=house.people["A"], now=house.at("18:00"))
    assert problem.words == "沙盘坏了"
    meeting.answer(problem, words="明天修", by=house.supervisor, now=house.at("18:10"))
    with pytest.raises(RuleError, match="has answered"):
        meeting.answer(problem, words="后天修", by=house.supervisor, now=house.at("18:11"))
    assert Notice.objects.get(user=house.people["A"], key=f"problem:{problem.pk}").text.endswith("明天修")


@pytest.mark.rule("REP-01")
@pytest.mark.parametrize("words", ["", "  ", "字" * 501])
def test_a_problem_needs_words_in_bounds(house, words):
    with pytest.raises(RuleError):
        meeting.raise_problem(house.office, words=words, by=house.people["A"], now=house.at("18:00"))


@pytest.mark.rule("REP-01")
def test_strangers_raise_nothing_and_reps_answer_nothing(house, neighbour):
    with pytest.raises(RuleError):
        meeting.raise_problem(house.office, words="问", by=neighbour.people["X"], now=house.at("18:00"))
    problem = meeting.raise_problem(house.office, words="问", by=house.people["A"], now=house.at("18:00"))
    with pytest.raises(RuleError):
        meeting.answer(problem, words="答", by=house.people["B"], now=house.at("18:00"))


@pytest.mark.rule("FUP-04")
def test_signing_from_the_meeting_gives_a_result_for_each(house):
    told = house.call("09:10", "A", phone=phone(1))
    one, two = contact(house, told, "A"), contact(house, told, "A", at="10:05")
    contact_signing.sign(two, by=house.supervisor, now=house.at("11:00"))
    card = cards.submit(
        house.customer(told),
        by=house.people["A"],
        now=house.at("10:10"),
        findings=cards.Findings(need=True, power=True),
    )
    items = [("contacts", one.pk), ("contacts", two.pk), ("cards", card.pk), ("contacts", 10**9), ("nonsense", 1)]
    signed = meeting.sign(house.office, items=items, by=house.supervisor, now=house.at("18:00"))
    assert signed.count == 2
    assert [(number, "FUP-04" in why) for number, why in signed.refused] == [(told.line.number, True)]
    one.refresh_from_db()
    assert one.signature == "signed"


def test_nothing_of_another_office_is_signed(house, neighbour):
    told = neighbour.call("09:10", "X", phone=phone(1))
    one = contact(neighbour, told, "X")
    assert (
        meeting.sign(house.office, items=[("contacts", one.pk)], by=house.supervisor, now=house.at("18:00")).count == 0
    )
    assert FollowUp.objects.get().signature == "pending"


@pytest.mark.rule("REP-01")
def test_guidance_reaches_the_owner_and_stays_on_the_customer(house, sign_in):
    told = house.call("09:10", "A", name="金丝", phone=phone(1))
    made = guidance.on_customer(house.customer(told), words="先算总价", by=house.supervisor, now=house.at("18:00"))
    notice = Notice.objects.get(user=house.people["A"], key=f"guidance:{made.pk}")
    assert ("先算总价" in notice.text, notice.link) == (False, f"/customers/{told.customer.pk}/guidance/")
    client = sign_in(house.people["A"])
    assert "先算总价" in client.get(notice.link).content.decode()
    assert "先算总价" in client.get(notice.link, headers=HTMX).content.decode()
    assert f'hx-get="{notice.link}"' in client.get(f"/customers/{told.customer.pk}/").content.decode()
    assert sign_in(house.people["B"]).get(notice.link).status_code == 404


@pytest.mark.rule("PRIV-05")
def test_guidance_on_a_customer_is_sealed_and_gone_with_the_key(house):
    told = house.call("09:10", "A", phone=phone(1))
    made = guidance.on_customer(house.customer(told), words="先算总价", by=house.supervisor, now=house.at("18:00"))
    assert "先算".encode() not in bytes(made.words_sealed)
    house.customer(told).key.delete()
    assert [one.words for one in guidance.of_customer(house.customer(told))] == [""]
    with pytest.raises(RuleError, match="erased"):
        guidance.on_customer(house.customer(told), words="再说", by=house.supervisor, now=house.at("18:00"))


@pytest.mark.rule("REP-01")
def test_guidance_to_a_rep_is_in_the_inbox(house, neighbour):
    a = house.people["A"]
    made = guidance.to_person(a, office=house.office, words="多打电话", by=house.supervisor, now=house.at("18:00"))
    assert Notice.objects.get(user=a, key=f"guidance:{made.pk}").text == "多打电话"
    for wrong in (house.clerk, neighbour.people["X"]):
        with pytest.raises(RuleError):
            guidance.to_person(wrong, office=house.office, words="多", by=house.supervisor, now=house.at("18:00"))
    with pytest.raises(RuleError):
        guidance.to_person(a, office=house.office, words="多", by=house.people["B"], now=house.at("18:00"))


@pytest.mark.rule("REP-02")
def test_a_daily_report_is_composed_and_fixed_when_handed_in(house):
    told = house.call("09:10", "A", phone=phone(1))
    contact(house, told, "A", level="H")
    a = house.people["A"]
    assert persons.save_day(house.office, MONDAY, words="草稿", by=a, now=house.at("18:00")).submitted_at is None
    report = persons.save_day(house.office, MONDAY, words="今天不错", by=a, now=house.at("18:05"), submit=True)
    number = told.line.number
    assert report.figures["new"] == [number]
    assert (report.figures["contacts"], report.figures["effective"]) == (1, 1)
    assert report.figures["moves"] == [[number, "", "H"]]
    contact(house, told, "A", at="19:00")
    with pytest.raises(RuleError, match="handed in already"):
        persons.save_day(house.office, MONDAY, words="改", by=a, now=house.at("19:05"))
    assert DayReport.objects.get().figures["contacts"] == 1


@pytest.mark.rule("REP-02", "OFF-03")
def test_numbers_of_a_report_have_names_for_whoever_sees_the_customer(house):
    told = house.call("09:10", "A", name="孙小平", phone=phone(1))
    contact(house, told, "A", level="H")
    figures = person_figures.of_day(house.office, house.people["A"], MONDAY)
    number = house.customer(told).number
    for viewer, name in ((house.supervisor, "孙小平"), (house.people["A"], "孙小平"), (house.people["B"], "")):
        found = naming.named([figures], viewer=viewer)[0]
        assert [(one.number, one.name, one.pk is None) for one in found["new"]] == [(number, name, not name)]
        assert [(one.name, one.was, one.became) for one in found["moves"]] == [(name, "", "H")]


@pytest.mark.rule("REP-02")
def test_the_plan_for_tomorrow_names_what_is_due_by_then(house):
    told = house.call("09:10", "A", phone=phone(1))
    contact(house, told, "A", level="H", next_on=date(2026, 3, 3))
    assert person_figures.of_day(house.office, house.people["A"], MONDAY)["plan"] == [told.line.number]
    assert person_figures.of_day(house.office, house.people["B"], MONDAY)["plan"] == []


@pytest.mark.rule("REP-02")
@pytest.mark.parametrize(("days", "fine"), [(1, False), (0, True), (-7, True), (-8, False)])
def test_a_report_is_for_today_or_the_last_seven_days(house, days, fine):
    day = MONDAY + timedelta(days=days)
    if fine:
        persons.save_day(house.office, day, words="", by=house.people["A"], now=house.at("18:00"))
    else:
        with pytest.raises(RuleError, match="last seven days"):
            persons.save_day(house.office, day, words="", by=house.people["A"], now=house.at("18:00"))


@pytest.mark.rule("REP-02")
def test_only_sales_staff_report_and_only_supervisors_comment(house):
    with pytest.raises(RuleError):
        persons.save_day(house.office, MONDAY, words="", by=house.clerk, now=house.at("18:00"))
    report = persons.save_day(house.office, MONDAY, words="", by=house.people["A"], now=house.at("18:00"))
    with pytest.raises(RuleError, match="not handed in"):
        persons.comment(report, words="好", by=house.supervisor, now=house.at("18:10"))
    report = persons.save_day(house.office, MONDAY, words="", by=house.people["A"], now=house.at("18:00"), submit=True)
    with pytest.raises(RuleError):
        persons.comment(report, words="好", by=house.people["B"], now=house.at("18:10"))
    persons.comment(report, words="好", by=house.supervisor, now=house.at("18:10"))
    persons.comment(report, words="很好", by=house.supervisor, now=house.at("18:11"))
    assert DayReport.objects.get().comment == "很好"
    assert Notice.objects.filter(user=house.people["A"], link="/reports/mine/2026-03-02/").count() == 2


@pytest.mark.rule("REP-02a")
def test_a_week_is_planned_and_summed_up(house):
    a, monday = house.people["A"], MONDAY
    told = house.call("09:10", "A", phone=phone(1))
    contact(house, told, "A", level="H")
    persons.plan_week(house.office, monday, plan="请 1 号来", by=a, now=house.at("09:00"))
    sunday = house.at("20:00", monday + timedelta(days=6))
    report = persons.sum_up_week(house.office, monday, words="来了", by=a, now=sunday, submit=True)
    assert (report.plan, report.figures["new"], report.figures["invite"]) == ("请 1 号来", [1], [1])
    with pytest.raises(RuleError, match="handed in already"):
        persons.plan_week(house.office, monday, plan="晚了", by=a, now=sunday)


@pytest.mark.rule("REP-02a")
@pytest.mark.parametrize(("days", "fine"), [(-1, False), (0, True), (6, True), (7, False)])
def test_a_past_week_is_not_planned(house, days, fine):
    now = house.at("09:00", MONDAY + timedelta(days=days))
    monday = MONDAY if days >= 0 else MONDAY + timedelta(days=14)
    if fine:
        assert persons.plan_week(house.office, monday, plan="x", by=house.people["A"], now=now)
    else:
        with pytest.raises(RuleError, match="this week or the next"):
            persons.plan_week(house.office, monday, plan="x", by=house.people["A"], now=now)


@pytest.mark.rule("REP-02a")
def test_a_week_begins_on_monday(house):
    with pytest.raises(RuleError, match="Monday"):
        persons.plan_week(
            house.office, MONDAY + timedelta(days=1), plan="x", by=house.people["A"], now=house.at("09:00")
        )
    assert not WeekReport.objects.exists()


@pytest.mark.rule("REP-03")
def test_stock_taking_from_begin_to_end(house):
    mine, theirs = house.call("09:10", "A", phone=phone(1)), house.call("09:20", "B", phone=phone(2))
    taking = stocktaking.begin(house.office, by=house.supervisor, now=house.at("10:00"))
    assert Notice.objects.filter(key=f"stock:{taking.pk}").count() == 3
    with pytest.raises(RuleError, match="under way"):
        stocktaking.begin(house.office, by=house.supervisor, now=house.at("10:01"))
    a = house.people["A"]
    for _twice in range(2):
        stocktaking.tick(house.customer(mine), by=a, now=house.at("10:05"))
    with pytest.raises(RuleError, match="owner or a supervisor"):
        stocktaking.tick(house.customer(theirs), by=a, now=house.at("10:05"))
    assert [(one.who, one.ticked, one.total) for one in stocktaking.progress(taking, now=house.at("10:06"))] == [
        ("A", 1, 1),
        ("B", 0, 1),
    ]
    stocktaking.take_back(house.customer(mine), by=a, now=house.at("10:07"))
    assert not StockTick.objects.exists()
    stocktaking.tick(house.customer(mine), by=house.supervisor, now=house.at("10:08"))
    assert stocktaking.end(taking, by=house.supervisor, now=house.at("18:00")).left_open == 1
    with pytest.raises(RuleError, match="ended already"):
        stocktaking.end(taking, by=house.supervisor, now=house.at("18:01"))
    with pytest.raises(RuleError, match="No stock-taking"):
        stocktaking.tick(house.customer(mine), by=a, now=house.at("18:02"))


@pytest.mark.rule("REP-03")
def test_a_lapsed_customer_is_not_on_the_sheet_and_not_ticked(house):
    told = house.call("09:10", "A", phone=phone(1))
    stocktaking.begin(house.office, by=house.supervisor, now=house.at("10:00"))
    last = house.at("23:59:59", date(2026, 4, 1))
    after = house.at("00:00", date(2026, 4, 2))
    assert [stocktaking.active(house.office, now=now).count() for now in (last, after)] == [1, 0]
    with pytest.raises(RuleError, match="not active"):
        stocktaking.tick(house.customer(told), by=house.supervisor, now=after)


@pytest.mark.rule("REP-03")
def test_the_sheet_shows_last_and_next_follow_up_and_days_left(house):
    told = house.call("09:10", "A", name="金丝", phone=phone(1))
    contact(house, told, "A", level="A", next_on=date(2026, 3, 5))
    contact(house, told, "A", at="10:30", reached=False, result="")
    now = house.at("12:00")
    found = intent.with_contacts(intent.sheet(house.people["A"], now=now), None)
    rows = intent.shown(list(found.values(*[name for name in intent.FIELDS if name != "total"])), MONDAY)
    assert [(row["level"], row["last"], row["next"], row["left"]) for row in rows] == [
        ("A", "2026-03-02", "2026-03-05", 30)
    ]
    assert not intent.sheet(house.people["B"], now=now).exists()


class TestPages:
    """The pages of the meeting."""

    def test_the_meeting_page_signs_answers_and_guides(self, house, sign_in):
        told = house.call("09:10", "A", name="金丝", phone=phone(1))
        one = contact(house, told, "A")
        problem = meeting.raise_problem(house.office, words="沙盘坏了", by=house.people["A"], now=house.at("11:00"))
        client = sign_in(house.supervisor)
        page = client.get("/meeting/").content.decode()
        assert (f'value="contacts:{one.pk}"' in page, "沙盘坏了" in page) == (True, True)
        client.post("/meeting/sign/", {"items": [f"contacts:{one.pk}", "contacts:x", "cards"]})
        client.post(f"/meeting/problems/{problem.pk}/", {"words": "明天修"})
        client.post("/meeting/guidance/", {"number": told.line.number, "words": "先算总价"})
        page = client.get("/meeting/").content.decode()
        assert ("明天修" in page, "先算总价" in page, f"contacts:{one.pk}" in page) == (True, True, False)
        assert Problem.objects.get().answered_by == house.supervisor

    @pytest.mark.parametrize(
        ("path", "data"),
        [
            ("/meeting/guidance/", {"number": "999", "words": "话要留下"}),
            ("/meeting/guidance/", {"words": "话要留下"}),
            ("/meeting/problems/", {"words": ""}),
        ],
    )
    def test_bad_input_comes_back_with_everything_kept(self, house, sign_in, path, data):
        response = sign_in(house.supervisor).post(path, data, headers=HTMX)
        assert response.status_code == 422
        assert data["words"] in response.content.decode()

    def test_what_is_written_changes_its_own_card_alone(self, house, sign_in):
        told = house.call("09:10", "A", name="金丝", phone=phone(1))
        client, day = sign_in(house.supervisor), "?day=2026-03-02"
        for path, data, card, other in (
            ("/meeting/problems/", {"words": "沙盘坏了"}, "problems", "guidance"),
            ("/meeting/guidance/", {"number": told.line.number, "words": "先算总价"}, "guidance", "problems"),
        ):
            answer = client.post(f"{path}{day}", data, headers=HTMX)
            body = answer.content.decode()
            assert (answer.status_code, f'id="{card}"' in body, data["words"] in body) == (200, True, True)
            assert (f'id="{other}"' in body, 'id="meeting"' in body, "hx-swap-oob" in body) == (False, False, True)

    @pytest.mark.parametrize(
        ("path", "data"),
        [("/meeting/guidance/", {"words": "先算总价"}), ("/meeting/problems/", {"words": "沙盘坏了"})],
    )
    def test_what_is_written_today_leads_a_page_of_an_earlier_day_to_today(self, house, sign_in, path, data):
        client, said = sign_in(house.supervisor), {**data, "person": house.people["A"].pk}
        answer = client.post(f"{path}?day=2026-03-01", said, headers=HTMX)
        assert (answer.status_code, answer["HX-Redirect"]) == (204, "/meeting/")
        assert data["words"] in client.get("/meeting/").content.decode()
        assert 'id="guide"' not in client.get("/meeting/?day=2026-03-01").content.decode()

    def test_an_answer_after_somebody_elses_keeps_its_words(self, house, sign_in):
        problem = meeting.raise_problem(house.office, words="沙盘坏了", by=house.people["A"], now=house.at("11:00"))
        meeting.answer(problem, words="明天修", by=house.supervisor, now=house.at("11:30"))
        answer = sign_in(house.supervisor).post(f"/meeting/problems/{problem.pk}/", {"words": "后天修"}, headers=HTMX)
        body = answer.content.decode()
        assert (answer.status_code, "明天修" in body, "后天修" in body) == (422, True, True)

    def test_a_problem_of_an_earlier_day_stays_in_sight_when_it_is_answered(self, house, sign_in):
        problem = meeting.raise_problem(house.office, words="沙盘坏了", by=house.people["A"], now=house.at("11:00"))
        house.sleep()
        path = f"/meeting/problems/{problem.pk}/"
        body = sign_in(house.supervisor).post(f"{path}?day=2026-03-02", {"words": "明天修"}, headers=HTMX)
        assert ("沙盘坏了" in body.content.decode(), "明天修" in body.content.decode()) == (True, True)

    def test_a_rep_writes_the_day_and_the_supervisor_comments(self, house, sign_in):
        rep, supervisor = sign_in(house.people["A"]), sign_in(house.supervisor)
        rep.post("/reports/mine/2026-03-02/", {"words": "接了三组", "act": "submit"})
        report = DayReport.objects.get()
        assert "接了三组" in supervisor.get("/reports/days/").content.decode()
        assert supervisor.post(f"/reports/days/{report.pk}/comment/", {"words": ""}).status_code == 422
        supervisor.post(f"/reports/days/{report.pk}/comment/", {"words": "继续"})
        assert "继续" in rep.get("/reports/mine/2026-03-02/").content.decode()
        again = rep.post("/reports/mine/2026-03-02/", {"words": "改", "act": "keep"})
        assert (again.status_code, "REP-02" in again.content.decode()) == (422, True)

    def test_a_draft_is_nobody_elses(self, house, sign_in):
        sign_in(house.people["A"]).post("/reports/mine/", {"words": "还没写完", "act": "keep"})
        page = sign_in(house.supervisor).get("/reports/days/").content.decode()
        assert ("还没写完" in page, "Not handed in" in page or "未提交" in page) == (False, True)
        report = DayReport.objects.get()
        assert sign_in(house.supervisor).post(f"/reports/days/{report.pk}/comment/", {"words": "x"}).status_code == 404

    @pytest.mark.parametrize(
        "path", ["/reports/mine/2026-02-30/", "/reports/mine/9999-99-99/", "/reports/week/2026-13-01/"]
    )
    def test_no_such_day_is_not_found(self, house, sign_in, path):
        assert sign_in(house.people["A"]).get(path).status_code == 404

    def test_ticking_on_the_sheet_and_taking_it_back(self, house, sign_in):
        told = house.call("09:10", "A", name="金丝", phone=phone(1))
        client, path = sign_in(house.people["A"]), f"/intent/{told.customer.pk}/tick/"
        assert "REP-03" in client.post(path, follow=True).content.decode()
        sign_in(house.supervisor).post("/intent/stock/begin/")
        part = client.post(path, headers=HTMX).content.decode()
        assert ('aria-pressed="true"' in part, StockTick.objects.count()) == (True, 1)
        part = client.post(path, {"undo": "yes"}, headers=HTMX).content.decode()
        assert ('aria-pressed="false"' in part, StockTick.objects.count()) == (True, 0)
        assert "金丝" in client.get("/intent/?ticked=no&level=none").content.decode()
        assert sign_in(house.supervisor).post("/intent/stock/end/").status_code == 302

    def test_the_sheet_takes_as_many_statements_for_many_as_for_one(
        self, house, sign_in, django_assert_max_num_queries
    ):
        client, counts = sign_in(house.supervisor), []
        for n in (1, 6):
            while Customer.objects.count() < n:
                house.call("09:10", "A", phone=phone(Customer.objects.count()))
            client.get("/intent/")
            with django_assert_max_num_queries(12) as counted:
                client.get("/intent/")
            counts.append(len(counted))
        assert counts[0] == counts[1]

    def test_another_offices_problem_is_not_there(self, house, sign_in):
        other = House("XY")
        problem = meeting.raise_problem(other.office, words="问", by=other.people["X"], now=house.at("11:00"))
        assert sign_in(house.supervisor).post(f"/meeting/problems/{problem.pk}/", {"words": "答"}).status_code == 404
