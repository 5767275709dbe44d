"""The table of addresses: who may use each, and what everybody else is answered. A new address needs a line here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.bulk_world import PRICE, SEES_CASE, SEES_PRICES, SEES_WAITING
from tests.house import phone
from tests.world import ANONYMOUS, DESK, ELSEWHERE, LEADS, PASSWORD, SALES, VIEWERS, WITHDRAWN, World, secret

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
# Where a role is held elsewhere, the duty is there all the same.
ELSEWHERE_AS = {"neighbour_rep": "owner", "neighbour_manager": "manager", "stranger_manager": "manager"}
DECIDES = LEADS | {"clerk"}
MANAGER = frozenset({"manager"})
ADMIN = frozenset({"admin"})
EVERYBODY = frozenset(VIEWERS) - ELSEWHERE - {ANONYMOUS, WITHDRAWN}
IMPORTS = frozenset({"manager", "clerk"})
EXPORTS = EVERYBODY - {"privacy_officer"}
DONE, SHOWN, INVALID = 302, 200, 422


def data_of(typed: Any, world: World) -> Any:
    """The body of a post: as written, or made of the rows of the world."""
    return typed(world) if callable(typed) else typed


@dataclass(frozen=True)
class Address:
    """One line of the table.

    ``may``: who carries the duty. ``rows``: for whom the row of this address exists; a page has none and exists for
    everybody. ``get`` and ``post``: what those are answered (None: the method is refused); ``but``: other answers to a
    viewer's post, or to the method named after the viewer, for reasons of the rules. ``public``: anonymous visitors
    are answered like the others. ``typed``: what is posted. ``asks``: parameters of the address. ``logs``: a GET writes
    the opening down (ACC-05). ``shows``: the planted number that a post shows to those who may see the customer.
    """

    name: str
    may: frozenset[str]
    get: int | None = None
    post: int | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    rows: frozenset[str] | None = None
    typed: Any = field(default_factory=dict)
    but: Mapping[str, int] = field(default_factory=dict)
    asks: str = ""
    public: bool = False
    logs: bool = False
    shows: str = ""

    def __str__(self) -> str:
        return " ".join([self.name, *(str(value) for value in self.args.values() if isinstance(value, str))])

    def path(self, world: World) -> str:
        """The address with the rows of the world in it."""
        return reverse(
            self.name, kwargs={key: value(world) if callable(value) else value for key, value in self.args.items()}
        )

    def data(self, world: World) -> dict[str, Any]:
        """What is posted."""
        return data_of(self.typed, world)

    def carries(self, viewer: str) -> bool:
        """Whether ``viewer`` carries the duty, here or elsewhere."""
        return ELSEWHERE_AS.get(viewer, viewer) in self.may

    def exists_for(self, viewer: str) -> bool:
        """Whether the row of this address is within the viewer's scope."""
        return self.rows is None or viewer in self.rows

    def expected(self, viewer: str, method: str) -> int:
        """The status that the table demands."""
        if viewer == ANONYMOUS and not self.public:
            return DONE
        answer = self.get if method in ("GET", "HEAD") else self.post if method == "POST" else None
        if answer is None:
            return 405
        if not self.carries(viewer):
            return 403
        if not self.exists_for(viewer):
            return 404
        if method == "HEAD":
            method = "GET"
        return self.but.get(viewer if method == "POST" else f"{viewer} {method}", answer)


def row(name: str, what: str = "pk") -> Callable[[World], Any]:
    """The id, or another attribute, of a planted row."""
    return lambda world: getattr(world.rows[name], what)


def person(name: str) -> Callable[[World], Any]:
    """The id of somebody."""
    return lambda world: world.people[name].pk


SEES, BOARD = SALES | DESK, SALES | DESK
JUDGES, OF_THE_OFFICE = LEADS | {"branch_manager"}, SEES | {"planner", "web_officer"}
WHOSE_PEOPLE_ARE_OTHERS = dict.fromkeys({"branch_manager", *ELSEWHERE}, INVALID)
OURS = EVERYBODY  # rows of the office: nobody elsewhere has them
MINE = DESK | {"owner"}
ALL = EVERYBODY | {WITHDRAWN}
WORLDWIDE = frozenset(VIEWERS)
APPROVES = LEADS | {"clerk", "finance", "branch_manager", "hq", "chairman"}
ASKED, approval = frozenset({"owner", "supervisor"}), {"pk": row("approval")}
NOT_ABOVE_THE_MANAGER = dict.fromkeys({"supervisor", "clerk", "finance", *ELSEWHERE}, INVALID)
customer, line, number = {"pk": row("mine")}, {"number": row("line", "number")}, row("line", "number")
follow_up = {"pk": row("mine"), "follow_up": row("contact")}
colleague = {"who": person("colleague")}
dispute = {"pk": row("dispute")}
RULING = {"text": "以登记为准", "ground": "register", "to": "stays", "warn": "nobody"}
PARTIES = LEADS | {"owner", "colleague"}
CLAIM = {"typed": phone(71), "words": "我先接的", "request_id": "6b2b1f3e-6d3e-4f53-9c76-0d6f1d3f2a03"}
handover = {"pk": row("handover")}
IN_OFFICE = EVERYBODY - {"finance", "branch_manager", "hq", "chairman", "privacy_officer", "admin"}
NEW_PASSWORD = {"oldpassword": PASSWORD, "password1": "staple-9-correct", "password2": "staple-9-correct"}
decision = {"kind": "contacts", "pk": row("contact"), "act": "reject"}
CARD = {"reception": "看了样板间", "plan": "周末电话", "need": "yes", "confidence": "yes", "power": "yes", "level": ""}
DEFEAT = {"ground": "not_buying", "analysis": "不再买房"}
OFFICE = {"pk": lambda world: world.house.office.pk}
BOT = {"kind": "feishu", "url": "https://93.184.215.14/hook/1", "secret": "x"}
CONTACT = {"manner": "phone", "reached": "yes", "result": "再谈", "level": "B", "next_on": ""}
# What is done on the board for oneself, only a supervisor does for somebody else.
NOT_FOR_OTHERS = dict.fromkeys(["owner", "probationary", "trainee", "clerk", "keeper"], 403)
VISIT = {
    **{"first_visit": "yes", "appointment": "no", "phone": phone(77), "name": "新客", "party": "1", "purpose": "buy"},
    **{
        "request_id": "6b2b1f3e-6d3e-4f53-9c76-0d6f1d3f2a01",
        "needs": "三房",
        "companions": "夫妻",
        "source": "walk_in",
    },
}
CALL = {"phone": phone(78), "name": "来电", "request_id": "6b2b1f3e-6d3e-4f53-9c76-0d6f1d3f2a02", "needs": "两房"}


def call_of(world: World) -> dict[str, Any]:
    """A call that the owner answered."""
    return {**CALL, "answered_by": world.people["owner"].pk}


def absence(world: World) -> dict[str, Any]:
    """The manager is away on the day of the walk."""
    day = world.house.on.isoformat()
    return {"person": world.people["manager"].pk, "first": day, "last": day, "to": "", "reason": "请假"}


def assignment(world: World) -> dict[str, Any]:
    """A lapsed customer is given to a colleague."""
    return {"customers": world.rows["lapsed"].pk, "reps": world.people["colleague"].pk, "tab": ""}


def policy_of(world: World) -> dict[str, Any]:
    """The policy as it is."""
    from staff.forms import PolicyForm

    form = PolicyForm(instance=world.house.office.policy)
    return {name: form[name].value() for name in form.fields if form[name].value() is not None} | {"reason": "试行"}


def results_of(world: World) -> dict[str, Any]:
    """A result of the owner."""
    pk = world.people["owner"].pk
    return {f"deals_{pk}": "2", f"amount_{pk}": "1000000"}


def gift_of(world: World) -> dict[str, Any]:
    """The waiting leads go to a colleague."""
    return {"reps": world.people["colleague"].pk}


def discounts_of(world: World) -> dict[str, Any]:
    """The table of discounts."""
    from sales.discounts import DEFAULTS

    return {**{str(role): str(percent) for role, percent in DEFAULTS.items()}, "reason": "开盘"}


def chosen_of(world: World) -> dict[str, Any]:
    """The owner's contact is chosen to be signed."""
    return {"kind": "contacts", "which": "chosen", "items": world.rows["contact"].pk}


def warning_of(world: World) -> dict[str, Any]:
    """A warning for a colleague."""
    return {"person": world.people["colleague"].pk, "kind": "order", "reason": "抢接"}


def guidance_of(world: World) -> dict[str, Any]:
    """Guidance on the owner's customer."""
    return {"number": world.rows["mine"].number, "person": "", "words": "先算总价"}


def upload_of(world: World) -> dict[str, Any]:
    """A small table."""
    return {"kind": "register", "file": SimpleUploadedFile("a.csv", "日期,姓名\n2026-02-20,甲\n".encode())}


BULK = SALES | LEADS | {"clerk", "finance", "branch_manager", "hq", "chairman"}
# An office without a table of discounts covers none.
ELSEWHERE_UNKNOWN = dict.fromkeys(ELSEWHERE, INVALID)


def taking(world: World) -> dict[str, Any]:
    """A listed buyer takes a listed unit at the price of the contract."""
    unit = world.rows["bulk"].contract_units.order_by("pk").first().unit_id
    return {"customer": world.rows["bulk_buyer"].number, "unit": unit, "price": str(PRICE)}


def file_of(name: str) -> Callable[[World], dict[str, Any]]:
    """What a form with a file sends."""
    return lambda world: {
        "purpose": "other",
        name: SimpleUploadedFile("合同.pdf", b"%PDF-1.7 x"),
        "buyers": "购房甲壬",
        "reason": "换人",
    }


FROZEN = dict.fromkeys(["supervisor", "manager", "clerk"], INVALID)
BULK_ACTS: dict[str, tuple[Any, dict[str, int]]] = {
    "amend": ({"contacts": "李主任"}, {}),
    "report": ({"text": "再谈"}, {}),
    "hand_over": ({"to": "1"}, {"manager": INVALID}),
    "drop": ({"reason": "不买了"}, {}),
    "plan": ({"units": "12", "terms": "方案"}, {}),
    "plan_approve": ({}, {}),
    "plan_return": ({"reason": "再写"}, {}),
    "ask": ({"percent": "3", "units": "11"}, {}),
    "decide": ({"decision": "approve"}, {}),
    "withdraw": ({}, {}),
    "draft": ({}, {}),
    "sign": ({}, {}),
    "file": ({}, {}),
    "acknowledge": ({}, {}),
    "attach": (file_of("file"), {}),
    "take": (taking, {}),
    "take_back": ({"unit": "1", "reason": "退房"}, {"manager": INVALID}),
    "units": ({"units": "9-1-101", "reason": "少了"}, FROZEN),
    "pay": (lambda world: {"instalment": world.rows["bulk"].instalments.get().pk}, {}),
    "buyers": (file_of("proof"), {}),
    "verify": ({"decision": "approve"}, {}),
    "freeze": ({"reason": "转卖"}, {**FROZEN, "owner": INVALID}),
    "lift": ({"reason": "查过"}, {}),
}
REPORTS = LEADS | {"planner", "branch_manager", "hq", "chairman"}
OFFICE_MONTH = {"office": lambda world: world.house.office.pk, "month": "2026-02"}


def handover_of(world: World) -> dict[str, Any]:
    """The owner's customers go to a trainee."""
    return {"giver": world.people["owner"].pk, "to": world.people["trainee"].pk, "reason": "调岗"}


def reward_of(world: World) -> dict[str, Any]:
    """Praise in words for a colleague."""
    return {"person": world.people["colleague"].pk, "words": "资料完整"}


def draw_of(world: World) -> dict[str, Any]:
    """A sample of the owner's records."""
    return {"person": world.people["owner"].pk, "month": "2026-03-01", "size": "5"}


def scores_of(world: World) -> dict[str, Any]:
    """The best scores for every record of the sample."""
    items = world.rows["sample"].items.all()
    return {f"{aspect}_{item.pk}": "5" for item in items for aspect in ("completeness", "truth", "timeliness")}


LIST = "find cursor kind since until decision source receiver"
ADDRESSES = (
    # reports
    Address("reports", REPORTS, get=SHOWN),
    Address("closed_months", REPORTS, get=SHOWN, asks="cursor"),
    Address("offices", REPORTS, get=SHOWN, asks="month"),
    Address("month", REPORTS, get=SHOWN, args=OFFICE_MONTH, rows=OURS),
    Address(
        "month_workbook",
        REPORTS,
        get=SHOWN,
        args=OFFICE_MONTH,
        rows=OURS,
        but={"hq GET": 403, "chairman GET": 403},
        logs=True,
    ),
    Address(
        "month_take_over",
        REPORTS,
        post=DONE,
        args=OFFICE_MONTH,
        rows=OURS,
        but=dict.fromkeys(REPORTS - {"planner"}, 403),
    ),
    Address(
        "month_lines",
        REPORTS,
        get=SHOWN,
        args=OFFICE_MONTH | {"figure": "new"},
        rows=OURS,
        but=dict.fromkeys((f"{viewer} GET" for viewer in REPORTS - LEADS), 403),
        asks="rep source day ground cursor",
    ),
    # for everybody
    Address("healthz", WORLDWIDE, get=SHOWN, public=True),
    Address("readyz", WORLDWIDE, get=SHOWN, public=True),
    Address("home", EVERYBODY, get=DONE),
    Address(
        "account_login",
        WORLDWIDE,
        get=DONE,
        post=DONE,
        typed={"login": "x", "password": "y"},
        asks="next",
        public=True,
        but={"anonymous": SHOWN, "anonymous GET": SHOWN},
    ),
    Address("account_logout", WORLDWIDE, get=SHOWN, post=DONE, asks="next", public=True, but={"anonymous GET": DONE}),
    Address("account_inactive", WORLDWIDE, get=SHOWN, public=True),
    Address("account_change_password", ALL, get=SHOWN, post=DONE, typed=NEW_PASSWORD),
    Address("set_language", WORLDWIDE, post=DONE, typed={"language": "en", "next": "/"}, public=True),
    Address("set_theme", WORLDWIDE, post=DONE, typed={"theme": "dark", "next": "/"}, public=True),
    Address("inbox", EVERYBODY, get=SHOWN, asks="cursor"),
    Address("inbox_unread", EVERYBODY, get=SHOWN),
    Address("inbox_read_all", EVERYBODY, post=DONE),
    Address("inbox_open", EVERYBODY, post=DONE, args={"pk": row("notice")}, rows=frozenset({"owner"})),
    # staff and policy
    Address("staff", LEADS, get=SHOWN, asks="left"),
    Address(
        "staff_hire",
        MANAGER,
        get=SHOWN,
        post=SHOWN,
        typed={"name": "新人", "username": "new.one", "role": "rep", "number": "", "since": "2026-03-02"},
    ),
    Address("staff_person", LEADS, get=SHOWN, args={"pk": person("owner")}, rows=OURS),
    Address(
        "staff_role",
        MANAGER,
        get=SHOWN,
        post=DONE,
        args={"pk": person("colleague")},
        rows=OURS,
        typed={"role": "probationary"},
    ),
    Address(
        "staff_number",
        MANAGER,
        get=SHOWN,
        post=DONE,
        args={"pk": person("colleague")},
        rows=OURS,
        typed={"number": "77"},
    ),
    Address("staff_leaving", LEADS, get=SHOWN, post=INVALID, args={"pk": person("colleague")}, rows=OURS),
    Address(
        "staff_end",
        MANAGER,
        get=SHOWN,
        post=DONE,
        args={"pk": person("planner")},
        rows=OURS,
        typed={"last_day": "2026-03-31"},
    ),
    Address("staff_password", MANAGER | ADMIN, post=SHOWN, args={"pk": person("colleague")}, rows=OURS),
    Address("staff_close", MANAGER | ADMIN, get=SHOWN, post=DONE, args={"pk": person("planner")}, rows=OURS),
    Address("leaving", IN_OFFICE, get=SHOWN, post=DONE),
    Address("policy", MANAGER, get=SHOWN, post=DONE, typed=policy_of),
    Address("results", MANAGER, get=SHOWN, post=DONE, typed=results_of, asks="period day"),
    # conduct
    Address("conduct", JUDGES, get=SHOWN, asks="cursor tab"),
    Address("conduct_give", JUDGES, get=SHOWN, post=DONE, typed=warning_of, but=WHOSE_PEOPLE_ARE_OTHERS),
    Address("conduct_proposal", JUDGES, get=SHOWN, args={"pk": row("proposal")}, rows=LEADS),
    *(
        Address(
            "conduct_proposal_act",
            JUDGES,
            post=DONE,
            args={"pk": row("proposal"), "act": act},
            rows=LEADS,
            typed={"reason": "查实"},
        )
        for act in ("confirm", "dismiss")
    ),
    Address("conduct_measure", JUDGES, get=SHOWN, args={"pk": row("warning")}, rows=LEADS),
    Address("conduct_measure", JUDGES, get=SHOWN, args={"pk": row("leads_warning")}, rows=MANAGER),
    Address(
        "conduct_measure", JUDGES, get=SHOWN, args={"pk": row("managers_warning")}, rows=frozenset({"branch_manager"})
    ),
    *(
        Address(
            "conduct_measure_act",
            JUDGES,
            post=DONE,
            args={"pk": row("warning"), "act": act},
            rows=LEADS,
            typed={"reason": "查实"},
            but={"supervisor": INVALID},
        )
        for act in ("uphold", "withdraw")
    ),
    Address("rewards", JUDGES, get=SHOWN, asks="cursor"),
    Address("reward_give", JUDGES, get=SHOWN, post=DONE, typed=reward_of, but=WHOSE_PEOPLE_ARE_OTHERS),
    Address(
        "reward",
        JUDGES,
        get=SHOWN,
        post=DONE,
        args={"pk": row("reward")},
        rows=LEADS,
        typed={"reason": "误发"},
        but={"supervisor": INVALID},
    ),
    Address("payroll", MANAGER, get=SHOWN, asks="month"),
    Address("payroll_take", MANAGER, post=DONE, typed={"month": "2026-03"}),
    Address("payroll_sheet", MANAGER, get=SHOWN, args={"pk": row("sheet")}, rows=OURS),
    Address("inspections", LEADS, get=SHOWN, asks="month"),
    Address("inspection_new", LEADS, get=SHOWN, post=DONE, typed=draw_of, but=dict.fromkeys(ELSEWHERE, INVALID)),
    Address("inspection", LEADS, get=SHOWN, post=DONE, args={"pk": row("sample")}, rows=OURS, typed=scores_of),
    Address("my_conduct", OF_THE_OFFICE, get=SHOWN, asks="cursor"),
    Address("my_conduct_seen", OF_THE_OFFICE, post=DONE, args={"pk": row("warning")}, rows=frozenset({"owner"})),
    Address(
        "my_conduct_object",
        OF_THE_OFFICE,
        get=SHOWN,
        post=DONE,
        args={"pk": row("other_warning")},
        rows=frozenset({"colleague"}),
        typed={"words": "并非如此"},
    ),
    Address("jobs", ADMIN, get=SHOWN),
    Address("bots", MANAGER | ADMIN, get=SHOWN),
    Address("bot", MANAGER | ADMIN, get=SHOWN, post=DONE, args=OFFICE, rows=OURS, typed=BOT),
    Address("bot_test", MANAGER | ADMIN, post=DONE, args=OFFICE, rows=OURS),
    Address("bot_remove", MANAGER | ADMIN, post=DONE, args=OFFICE, rows=OURS),
    Address("accounts", ADMIN, get=SHOWN, asks="cursor"),
    Address("fitness", LEADS, get=SHOWN),
    Address(
        "staff_fitness",
        LEADS,
        get=SHOWN,
        post=DONE,
        args={"pk": person("colleague")},
        rows=OURS,
        typed={"reason": "training"},
    ),
    Address("fitness_end", LEADS, post=DONE, args={"pk": person("probationary")}, rows=OURS),
    # meetings, reports of persons, the intent sheet
    Address("meeting", LEADS, get=SHOWN, asks="day"),
    Address("meeting_sign", LEADS, post=DONE, typed={"items": "contacts:1"}),
    Address(
        "meeting_guidance",
        LEADS,
        post=DONE,
        typed=guidance_of,
        but=dict.fromkeys(["neighbour_manager", "stranger_manager"], INVALID),
    ),
    Address("problem_raise", SALES | LEADS, post=DONE, typed={"words": "缺户型图"}),
    Address("problem_answer", LEADS, post=DONE, args={"pk": row("problem")}, rows=OURS, typed={"words": "明日到"}),
    Address("intent", SEES, get=SHOWN, asks="level owner ticked cursor"),
    Address("intent_tick", SEES, post=DONE, args={"pk": row("mine")}, rows=DESK | {"owner"}),
    Address("stock_begin", LEADS, post=DONE),
    Address("stock_end", LEADS, post=DONE),
    Address("my_day", SALES, get=SHOWN, post=DONE, typed={"words": "今日", "act": "keep"}, but={"owner": INVALID}),
    Address(
        "my_day_of", SALES, get=SHOWN, post=DONE, args={"day": "2026-03-01"}, typed={"words": "昨日", "act": "submit"}
    ),
    Address("days", LEADS, get=SHOWN, asks="day"),
    Address("day_comment", LEADS, post=DONE, args={"pk": row("day")}, rows=OURS, typed={"words": "好"}),
    Address("my_week", SALES, get=SHOWN, post=DONE, typed={"plan": "回访", "act": "plan"}, but={"owner": INVALID}),
    Address(
        "my_week_of", SALES, get=SHOWN, post=DONE, args={"monday": "2026-03-09"}, typed={"plan": "邀约", "act": "plan"}
    ),
    Address("weeks", LEADS, get=SHOWN, asks="day"),
    Address(
        "person_lines",
        SALES | LEADS,
        get=SHOWN,
        args={"who": person("owner"), "first": "2026-03-02", "last": "2026-03-02", "figure": "contacts"},
        rows=LEADS | {"owner"},
        asks="cursor",
    ),
    Address("week_comment", LEADS, post=DONE, args={"pk": row("week")}, rows=OURS, typed={"words": "好"}),
    Address(
        "customer_guidance",
        SEES,
        get=SHOWN,
        post=INVALID,
        args=customer,
        rows=DESK | {"owner"},
        typed={"words": "多听"},
        but={"supervisor": DONE, "manager": DONE},
        logs=True,
    ),
    # taking lists out
    Address("exports", EXPORTS, get=SHOWN, asks="cursor"),
    Address("export_new", EXPORTS, post=DONE, typed={"list": "customers", "query": "state=active"}),
    Address("export", EXPORTS, get=SHOWN, args={"pk": row("export")}, rows=frozenset({"owner"})),
    Address("export_file", EXPORTS, get=SHOWN, args={"pk": row("export")}, rows=frozenset({"owner"})),
    # bringing data in
    Address("imports", IMPORTS, get=SHOWN, post=DONE, typed=upload_of, asks="cursor"),
    Address("import_template", IMPORTS, get=SHOWN, args={"kind": "register"}),
    Address("import", IMPORTS, get=SHOWN, args={"pk": row("import")}, rows=OURS, asks="rows cursor"),
    Address("import_check", IMPORTS, post=DONE, args={"pk": row("import")}, rows=OURS, typed={"day": "0", "name": "1"}),
    Address("import_start", IMPORTS, post=DONE, args={"pk": row("import")}, rows=OURS, typed={"set_aside": "yes"}),
    Address("import_work", IMPORTS, post=DONE, args={"pk": row("import")}, rows=OURS),
    Address("import_drop", IMPORTS, post=DONE, args={"pk": row("import")}, rows=OURS),
    Address("import_faults", IMPORTS, get=SHOWN, args={"pk": row("import")}, rows=OURS),
    # units and deals
    Address("units", SEES, get=SHOWN, asks="building"),
    Address("units_list", SEES, get=SHOWN, asks="cursor state"),
    Address(
        "unit_new",
        MANAGER,
        get=SHOWN,
        post=DONE,
        typed={"code": "3-1-1201", "list_price": "1200000", "floor": "12", "room": "1201"},
    ),
    Address("unit", SEES, get=SHOWN, args={"pk": row("unit")}, rows=OURS),
    Address("unit_price", MANAGER, post=DONE, args={"pk": row("unit")}, rows=OURS, typed={"list_price": "990000"}),
    Address("unit_hold", MANAGER, post=DONE, args={"pk": row("unit")}, rows=OURS),
    Address("unit_release", MANAGER, post=DONE, args={"pk": row("unit")}, rows=OURS),
    Address("deals", SEES, get=SHOWN, asks="cursor state"),
    Address("deal", SEES, get=SHOWN, args={"pk": row("deal")}, rows=MINE),
    Address("deal_ask", SEES, post=DONE, args={"pk": row("deal")}, rows=MINE),
    Address("deal_contract", LEADS, post=DONE, args={"pk": row("deal")}, rows=MINE),
    Address("deal_pay", DESK, post=DONE, args={"pk": row("deal")}, rows=MINE),
    Address("deal_deliver", DESK, post=DONE, args={"pk": row("deal")}, rows=MINE),
    Address(
        "deal_cancel",
        SEES,
        post=INVALID,
        args={"pk": row("deal")},
        rows=MINE,
        typed={"reason": "换房"},
        but={"owner": DONE, "supervisor": DONE, "manager": DONE},
    ),
    Address(
        "customer_deals",
        SEES,
        get=SHOWN,
        post=INVALID,
        args=customer,
        rows=MINE,
        typed={"unit": "1-1-101"},
        but={"owner": DONE, "supervisor": DONE, "manager": DONE},
        asks="unit",
    ),
    Address("care", SEES, get=SHOWN),
    Address("care_today", SALES, get=SHOWN),
    Address("care_card", SEES, get=SHOWN, post=INVALID, args=customer, rows=MINE, typed={"address": "云栖路1号"}),
    Address("discounts", MANAGER, get=SHOWN, post=DONE, typed=discounts_of),
    # the desk
    Address("check_in", SEES, get=SHOWN, post=DONE, typed=VISIT),
    Address("check_in_answer", SEES, post=SHOWN, typed=VISIT),
    Address("check_in_find", SEES, post=SHOWN, typed={"find": "金丝"}),
    Address("check_in_done", SEES, get=SHOWN, args=line, rows=MINE),
    Address("check_in_looked", SEES, get=SHOWN, args={"pk": row("looked")}, rows=OURS),
    Address(
        "call_in", SEES, get=SHOWN, post=DONE, typed=call_of, but=dict.fromkeys(SALES - {"owner"} | ELSEWHERE, INVALID)
    ),
    # web leads
    Address("web_leads", LEADS | {"web_officer"}, get=SHOWN, asks="cursor"),
    Address(
        "web_new",
        LEADS | {"web_officer"},
        get=SHOWN,
        post=DONE,
        typed={"phone": phone(75), "name": "网客", "needs": "三房"},
    ),
    Address("web_check", LEADS | {"web_officer"}, post=DONE),
    Address("web_give", LEADS, post=DONE, typed=gift_of, but=dict.fromkeys(ELSEWHERE, INVALID)),
    Address("web_channels", MANAGER, get=SHOWN, post=SHOWN, typed={"kind": "form", "label": "小程序"}),
    Address("web_channel_close", MANAGER, post=DONE, args={"pk": row("form")}, rows=OURS),
    Address(
        "lead_form",
        WORLDWIDE,
        get=SHOWN,
        post=DONE,
        args={"token": row("form", "token")},
        typed={"phone": phone(74), "name": "网客", "consent": "on"},
        public=True,
    ),
    Address("lead_thanks", WORLDWIDE, get=SHOWN, args={"token": row("form", "token")}, public=True),
    Address("lead_hook", WORLDWIDE, post=415, args={"token": row("hook", "token")}, public=True),
    # the board
    Address("board", BOARD, get=SHOWN),
    Address("board_rows", BOARD, get=SHOWN, asks="v"),
    Address("board_at", BOARD, get=SHOWN, asks="day t"),
    Address("line_reception", BOARD, get=SHOWN, args=line, rows=MINE),
    *(
        Address("board_act", BOARD, post=DONE, args={**colleague, "act": act}, rows=OURS, but=NOT_FOR_OTHERS)
        for act in ("sign_in", "sign_out", "away", "back")
    ),
    Address("board_act", BOARD, post=404, args={**colleague, "act": "fly"}),
    Address(
        "board_adjust",
        LEADS,
        get=SHOWN,
        post=DONE,
        args=colleague,
        rows=OURS,
        typed={"act": "skipped", "reason": "迟到"},
        asks="act place",
    ),
    Address(
        "reception_leave",
        BOARD,
        post=DONE,
        args={"pk": row("reception")},
        rows=OURS,
        but=dict.fromkeys(SALES - {"owner"}, 403),
    ),
    Address(
        "reception_help",
        LEADS,
        get=SHOWN,
        post=DONE,
        args={"pk": row("reception")},
        rows=OURS,
        typed=lambda world: {"helper": world.people["colleague"].pk},
    ),
    Address("fairness", BOARD, get=SHOWN, asks="day month"),
    *(
        Address(
            "fairness_lines",
            BOARD,
            get=SHOWN,
            args={"who": person("owner"), "figure": figure},
            rows=OURS,
            asks="day month",
        )
        for figure in ("taken", "passed", "returning", "given_back")
    ),
    Address("fairness_lines", BOARD, get=404, args={"who": person("owner"), "figure": "secrets"}),
    Address("tv", WORLDWIDE, get=SHOWN, args={"token": lambda world: world.rows["token"]}, public=True),
    Address("tv_rows", WORLDWIDE, get=SHOWN, args={"token": lambda world: world.rows["token"]}, asks="v", public=True),
    Address("displays", LEADS, get=SHOWN, post=SHOWN, typed={"label": "大厅"}),
    Address("displays_revoke", LEADS, post=DONE, args={"pk": row("display")}, rows=OURS),
    # registers
    Address("register", SEES, get=SHOWN, asks=LIST),
    Address("my_register", SALES, get=SHOWN, asks=LIST),
    Address("register_incomplete", SEES, get=SHOWN),
    Address("register_print", DESK, get=SHOWN, post=SHOWN, typed={"day": "2026-03-02"}),
    Address("line", SEES, get=SHOWN, args=line, rows=MINE, logs=True),
    Address("line_add", SEES, post=INVALID, args={**line, "kind": "completion"}, rows=MINE, typed={"needs": "改写"}),
    Address(
        "line_add",
        SEES,
        post=DONE,
        args={**line, "kind": "correction"},
        rows=MINE,
        typed={"needs": "四房", "reason": "听错"},
        but={"owner": INVALID},
    ),
    Address(
        "line_add",
        SEES,
        post=DONE,
        args={**line, "kind": "record"},
        rows=MINE,
        typed={"shown": "样板间", "intent": "高"},
    ),
    Address("find", SEES, get=SHOWN, post=DONE, typed={"q": "金丝", "where": ""}),
    # customers
    Address("customers", SEES, get=SHOWN, asks="find cursor state left owner tag"),
    Address("customer", SEES, get=SHOWN, args=customer, rows=MINE, logs=True),
    Address("customer_contact", SEES, post=INVALID, args=customer, rows=MINE, typed=CONTACT, but={"owner": DONE}),
    Address("contact_sign", LEADS, post=DONE, args=follow_up, rows=MINE),
    Address("contact_reject", LEADS, post=DONE, args=follow_up, rows=MINE, typed={"reason": "未打"}),
    Address(
        "reveal",
        SEES,
        post=SHOWN,
        args={"pk": row("mine"), "person": row("person")},
        rows=MINE,
        typed={"purpose": "other", "note": "回电"},
        shows=secret(6),
    ),
    Address(
        "customer_transfer",
        LEADS,
        get=SHOWN,
        post=DONE,
        args=customer,
        rows=MINE,
        typed=lambda world: {"to": world.people["colleague"].pk, "reason": "调班"},
    ),
    Address(
        "customer_join",
        LEADS,
        get=SHOWN,
        post=DONE,
        args=customer,
        rows=MINE,
        typed={"name": "弟弟", "phone": phone(79), "reason": "共同出资"},
    ),
    # consent, the customer record, tags, key customers
    Address(
        "customer_consent",
        SEES,
        get=SHOWN,
        post=DONE,
        args=customer,
        rows=MINE,
        typed={"purposes": "messages", "channel": "desk"},
    ),
    Address(
        "customer_class",
        SEES,
        get=SHOWN,
        post=INVALID,
        args=customer,
        rows=MINE,
        typed=lambda world: {"tags": world.rows["tag"].pk},
        but={"owner": DONE, "supervisor": DONE, "manager": DONE},
    ),
    Address(
        "customer_record",
        SEES,
        get=SHOWN,
        post=DONE,
        args=customer,
        rows=MINE,
        typed={"version": "1", "home": "城东"},
        asks="edit",
        logs=True,
    ),
    Address(
        "customer_feedback",
        SEES,
        post=DONE,
        args=customer,
        rows=MINE,
        typed={"theme": "price", "sentiment": "praise", "text": "合适"},
    ),
    Address("feedback", SEES, get=SHOWN, asks="month"),
    Address("feedback_lines", SEES, get=SHOWN, asks="month theme sentiment cursor"),
    *(
        Address("customer_key", LEADS, post=answer, args={**customer, "act": act}, rows=MINE, typed=typed)
        for act, answer, typed in (
            ("mark", INVALID, {"reason": "再标"}),
            ("lift", DONE, {"reason": "已成交"}),
            ("name", DONE, lambda world: {"user": world.people["trainee"].pk, "last": "2026-03-31", "reason": "协助"}),
            ("end", INVALID, {}),
        )
    ),
    Address("tags", LEADS, get=SHOWN, post=DONE, typed={"name": "换房"}),
    Address("tag_rename", LEADS, post=DONE, args={"pk": row("tag")}, rows=OURS, typed={"name": "投资客"}),
    Address("tag_retire", LEADS, post=DONE, args={"pk": row("tag")}, rows=OURS),
    Address(
        "customer_consent_withdraw",
        SEES,
        post=DONE,
        args=customer,
        rows=MINE,
        typed={"purpose": "record", "channel": "phone"},
    ),
    # A-cards, the day, decisions, defeats
    Address("card", SEES, get=SHOWN, args=customer, rows=MINE, asks="edit", logs=True),
    Address("card_draft", SEES, post=INVALID, args=customer, rows=MINE, typed={"unit": "三房"}, but={"owner": DONE}),
    Address("card_level", SEES, post=SHOWN, args=customer, rows=MINE, typed=CARD),
    Address("card_submit", SEES, post=INVALID, args=customer, rows=MINE, typed=CARD, but={"owner": DONE}),
    Address("card_sign", LEADS, post=DONE, args=customer, rows=MINE, typed={"guidance": "约看"}),
    Address("card_return", LEADS, post=DONE, args=customer, rows=MINE, typed={"reason": "再写"}),
    Address("card_file", SEES, post=DONE, args=customer, rows=MINE),
    Address("card_print", SEES, post=SHOWN, args=customer, rows=MINE),
    Address("card_code", SEES, get=DONE, args={"code": row("mine", "uuid")}, rows=MINE),
    Address("today", SALES, get=SHOWN),
    Address("today_contact", SALES, get=SHOWN, post=DONE, args=customer, rows=MINE, typed=CONTACT, logs=True),
    Address("today_call", SALES, post=SHOWN, args=customer, rows=MINE, shows=secret(6)),
    Address(
        "customer_defeat",
        SEES,
        get=SHOWN,
        post=INVALID,
        args=customer,
        rows=MINE,
        typed=DEFEAT,
        but={"owner": DONE},
        logs=True,
    ),
    *(
        Address("customer_defeat_act", SEES, post=DONE, args={**customer, "act": act}, rows=MINE, typed={"reason": "x"})
        for act in ("confirm", "approve", "refuse", "close")
    ),
    Address("defeats", DESK, get=SHOWN, asks="cursor since until state ground level rep rival price held"),
    Address("defeats_analysis", DESK, get=SHOWN, asks="since until rep"),
    Address("signing", DECIDES, get=SHOWN, asks="kind item", logs=True),
    Address("signing_count", DECIDES, get=SHOWN),
    Address("approvals", APPROVES, get=SHOWN),
    Address("approvals_count", APPROVES, get=SHOWN),
    Address("approval", EVERYBODY, get=SHOWN, args=approval, rows=ASKED),
    Address(
        "approval_decide", EVERYBODY, post=DONE, args=approval, rows=ASKED, typed={"decision": "approve", "step": 0}
    ),
    Address("approval_withdraw", EVERYBODY, post=DONE, args=approval, rows=ASKED),
    Address("away", APPROVES, get=SHOWN, post=DONE, typed=absence, but=NOT_ABOVE_THE_MANAGER, asks="cursor"),
    Address("away_end", APPROVES, post=DONE, args={"pk": row("away")}, rows=frozenset({"finance", "branch_manager"})),
    Address("signing_bulk", DECIDES, post=SHOWN, typed=chosen_of, but=dict.fromkeys({"clerk", *ELSEWHERE}, 404)),
    Address("signing_act", DECIDES, post=DONE, args=decision, rows=LEADS, typed={"reason": "未打"}),
    # handovers
    Address("handovers", SALES | LEADS, get=SHOWN, asks="cursor"),
    Address(
        "handover_start",
        LEADS,
        get=SHOWN,
        post=DONE,
        typed=handover_of,
        asks="giver",
        but=dict.fromkeys(ELSEWHERE, INVALID),
    ),
    Address("handover", SALES | LEADS, get=SHOWN, args=handover, rows=PARTIES, asks="cursor"),
    *(
        Address(
            "handover_act",
            SALES | LEADS,
            post=INVALID,
            args={**handover, "act": act},
            rows=PARTIES,
            typed=typed,
            but=dict.fromkeys(who, DONE),
        )
        for act, typed, who in (
            ("give", {}, ["colleague"]),
            ("receive", {}, ["owner"]),
            ("cancel", {}, LEADS),
            ("reassign", lambda w: {"items": w.rows["item"].pk, "to": w.people["trainee"].pk}, LEADS),
            ("anew", lambda w: {"to": w.people["trainee"].pk}, LEADS),
            ("request", lambda w: {"request": "1", "to": w.people["owner"].pk}, []),
        )
    ),
    Address("handover_act", SALES | LEADS, post=404, args={**handover, "act": "burn"}),
    # disputes
    Address("disputes", SALES | LEADS, get=SHOWN, asks="cursor waiting"),
    Address("dispute_claim", SALES, get=SHOWN, post=DONE, typed=CLAIM),
    Address("customer_dispute", LEADS, get=SHOWN, post=DONE, args=customer, rows=MINE, typed={"claim": "谁先接的"}),
    Address("dispute", SALES | LEADS, get=SHOWN, args=dispute, rows=PARTIES, logs=True),
    Address(
        "dispute_act",
        SALES | LEADS,
        post=INVALID,
        args={**dispute, "act": "rule"},
        rows=PARTIES,
        typed=RULING,
        but={"supervisor": DONE, "manager": DONE},
    ),
    Address(
        "dispute_act",
        SALES | LEADS,
        post=INVALID,
        args={**dispute, "act": "withdraw"},
        rows=PARTIES,
        but={"colleague": DONE},
    ),
    *(
        Address(
            "dispute_act",
            SALES | LEADS,
            post=INVALID,
            args={**dispute, "act": act},
            rows=PARTIES,
            typed={**RULING, "reason": "不服"},
        )
        for act in ("overrule", "appeal", "recall", "dismiss")
    ),
    Address("dispute_act", SALES | LEADS, post=404, args={**dispute, "act": "burn"}),
    Address("dispute_print", LEADS, post=SHOWN, args=dispute, rows=OURS),
    Address("dispute_code", SALES | LEADS, get=DONE, args={"code": row("dispute", "request_id")}, rows=PARTIES),
    Address("pool", LEADS, get=SHOWN, asks="tab cursor"),
    Address("pool_assign", LEADS, post=DONE, typed=assignment, but=dict.fromkeys(ELSEWHERE, INVALID)),
    Address("lapsing", SEES, get=SHOWN, asks="cursor"),
    # bulk buyers
    Address("bulk", BULK, get=SHOWN, asks="cursor state"),
    Address("bulk_new", SALES | LEADS, get=SHOWN, post=DONE, typed={"name": "云栖大学", "kind": "body", "units": "11"}),
    Address("bulk_test", SALES | LEADS, get=SHOWN, post=SHOWN, typed={"percent": "6.25"}, but=ELSEWHERE_UNKNOWN),
    Address("bulk_case", BULK, get=SHOWN, args={"pk": row("bulk")}, rows=SEES_CASE),
    Address("bulk_case", BULK, get=SHOWN, args={"pk": row("bulk_waiting")}, rows=SEES_WAITING),
    *(
        Address("bulk_tab", BULK, get=SHOWN, args={"pk": row(case), "tab": tab}, rows=rows)
        for tab in ("plan", "discount", "contract", "files")
        for case, rows in (("bulk", SEES_PRICES), ("bulk_waiting", SEES_WAITING))
    ),
    Address("bulk_tab", BULK, get=SHOWN, args={"pk": row("bulk"), "tab": "execution"}, rows=SEES_CASE),
    Address("bulk_tab", BULK, get=404, args={"pk": row("bulk"), "tab": "secrets"}, rows=SEES_CASE),
    Address(
        "bulk_file",
        BULK,
        get=SHOWN,
        args={"pk": row("bulk"), "paper": row("bulk_paper")},
        rows=SEES_CASE,
        but={"owner GET": 403},
        logs=True,
    ),
    *(
        Address("bulk_act", BULK, post=DONE, args={"pk": row("bulk"), "act": act}, rows=SEES_CASE, typed=typed, but=but)
        for act, (typed, but) in BULK_ACTS.items()
    ),
    Address("bulk_act", BULK, post=404, args={"pk": row("bulk"), "act": "fly"}),
)


def mounted(patterns: Iterable[URLPattern | URLResolver] | None = None, before: str = "") -> Iterator[tuple[str, str]]:
    """(name, route) of every address of the URLconf; the route stands for a name that is lacking."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from mounted(pattern.url_patterns, route)
        else:
            yield pattern.name or f"/{route}", route


def unclassified() -> set[str]:
    """Addresses without a line in the table."""
    return {name for name, _route in mounted()} - {address.name for address in ADDRESSES}
