"""Cases of cards, contacts, defeats, deals and leaving that an independent model of the rulebook found wrong once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.crm.story import event, house, replay

pytestmark = pytest.mark.django_db
NEXT, LAPSED = "2026-03-10", "2026-04-05"


def begun(*events, on="2026-03-02"):
    """An office whose rep A took one call, with a manager, and what happened then."""
    call = event("09:00", "arrive", on, kind="call", **{"as": "c1"}, phone="13800000001", answered_by="A")
    manager = event("08:02", "hire", on, who="M", name="演示M", role="marketing_manager")
    return [*house(on), manager, call, *events]


def card(clock, step, on=NEXT, **said):
    return event(clock, "card", on, customer="c1", step=step, **said)


def deal(clock, step, on=NEXT, **said):
    return event(clock, "deal", on, customer="c1", step=step, **said)


def defeat(clock, step, on=NEXT, **said):
    return event(clock, "defeat", on, customer="c1", step=step, **said)


def told(state):
    return [(row["line"], row["do"]) for row in state["refusals"]]


UNIT = event("09:01", "units", units=[{"code": "U1", "list_price": "1000000"}, {"code": "U2", "list_price": "1000000"}])
ASKED = [
    event("09:05", "card", customer="c1", step="submit", need=True),
    event("09:10", "defeat", customer="c1", step="request", ground="not_buying"),
]
ANEW = event("10:00", "arrive", LAPSED, kind="call", customer="c1", answered_by="B")


@pytest.mark.rule("LOST-01", "LOST-04", "OWN-07")
@pytest.mark.parametrize("jobs", [[], [event("09:00", "jobs", LAPSED)]])
def test_a_defeat_request_falls_with_the_lapse(tmp_path, jobs):
    steps = [("confirm", {"by": "K"}), ("refuse", {"by": "M", "reason": "不同意"}), ("close", {"by": "K"})]
    late = [defeat("09:30", step, LAPSED, **said) for step, said in steps]
    again = [card("10:05", "submit", LAPSED, need=True), defeat("10:10", "request", LAPSED, ground="not_buying")]
    state = replay(tmp_path, begun(*ASKED, *jobs, *late, ANEW, *again))
    assert {row["why"] for row in state["refusals"]} == {"登记已失效，无需申请战败 (LOST-04)"}
    assert [do for _line, do in told(state)] == ["defeat"] * 3
    assert (state["customers"]["c1"]["state"], state["customers"]["c1"]["owner"]) == ("active", "B")


@pytest.mark.rule("LOST-01", "OWN-07")
def test_a_customer_given_out_from_the_pool_is_not_given_up_by_the_former_owners_request(tmp_path):
    given = event("09:00", "assign", LAPSED, customer="c1", who="B", by="S")
    steps = [defeat("09:30", "confirm", LAPSED, by="K"), defeat("09:40", "approve", LAPSED, by="M")]
    state = replay(tmp_path, begun(*ASKED, given, *steps))
    assert [do for _line, do in told(state)] == ["defeat", "defeat"]
    assert state["customers"]["c1"]["state"] == "active"


@pytest.mark.rule("CARD-05", "CARD-04")
def test_a_card_corrected_after_filing_is_filed_anew(tmp_path):
    first = [
        card("09:05", step, "2026-03-02", **said) for step, said in (("submit", {"need": True}), ("sign", {"by": "S"}))
    ]
    filed = [*first, card("09:06", "file", "2026-03-02")]
    corrected = [card("09:00", "submit", need=True), card("09:01", "sign", by="S")]
    late = event("12:00", "jobs", "2026-03-13")
    state = replay(tmp_path, begun(*filed, *corrected, event("12:00", "snapshot", NEXT, name="waits"), late))
    assert state["snapshots"]["waits"]["customers"]["c1"]["protected"] is None
    row = state["customers"]["c1"]
    assert (row["protected"], row["unprotected_because"]) == (False, ["file"])


@pytest.mark.rule("DEAL-02", "DEAL-03")
def test_the_contracts_price_counts_and_needs_authority(tmp_path):
    tried = [deal("10:00", "contract", by="S", price=price) for price in ("980000", 0, "1.234", "x")]
    signed = deal("10:10", "contract", by="M", price="980000")
    state = replay(tmp_path, begun(UNIT, deal("09:00", "subscribe", unit="U1"), *tried, signed))
    assert [do for _line, do in told(state)] == ["deal"] * 4
    assert state["months"]["2026-03"]["deal_amount"] == "980000.00"


@pytest.mark.rule("DEAL-02", "REP-04")
def test_a_contract_cancelled_in_the_same_instant_was_a_deal(tmp_path):
    steps = [deal("10:00", "contract", by="S"), deal("10:00", "cancel", by="S", reason="退房")]
    month = replay(tmp_path, begun(UNIT, deal("10:00", "subscribe", unit="U1"), *steps))["months"]["2026-03"]
    assert (month["deals"], month["reopened"], month["open_end"]) == (1, 1, 1)


def signed_and(*steps):
    ordered = card("09:05", "submit", "2026-03-02", need=True, level="O", reason="当场认购")
    return begun(UNIT, ordered, deal("09:10", "subscribe", unit="U1"), deal("09:20", "contract", by="S"), *steps)


@pytest.mark.rule("FUP-01")
def test_the_rhythm_of_level_o_ends_with_the_handing_over_of_every_home(tmp_path):
    one = [deal("10:00", "pay"), deal("10:10", "deliver")]
    assert replay(tmp_path, signed_and())["customers"]["c1"]["next_due"] is not None
    assert replay(tmp_path, signed_and(*one))["customers"]["c1"]["next_due"] is None
    second = [deal("11:00", "subscribe", unit="U2"), deal("11:10", "contract", by="S")]
    assert replay(tmp_path, signed_and(*one, *second))["customers"]["c1"]["next_due"] is not None


@pytest.mark.rule("FUP-01", "FUP-02")
def test_a_customer_with_a_deal_who_leaves_level_o_has_no_rhythm(tmp_path):
    judged = event("12:00", "follow_up", NEXT, customer="c1", manner="phone", reached=True, result="聊过", level="D")
    assert replay(tmp_path, signed_and(judged))["customers"]["c1"]["next_due"] is None


@pytest.mark.rule("OWN-10")
def test_contacts_after_a_lapse_that_a_rejection_brought_about_do_not_count(tmp_path):
    said = {"customer": "c1", "manner": "phone", "reached": True, "result": "聊过"}
    calls = [
        event("10:00", "follow_up", "2026-03-05", **said),
        event("10:00", "follow_up", "2026-03-20", **said, **{"as": "f"}),
        event("10:00", "follow_up", "2026-04-10", **said),
    ]
    rejected = event("11:00", "follow_up_reject", "2026-04-10", follow_up="f", by="S", reason="没有打过")
    row = replay(tmp_path, begun(*calls, rejected))["customers"]["c1"]
    assert (row["state"], row["valid_until"], row["effective_follow_ups"]) == ("lapsed", "2026-04-04", 1)


@pytest.mark.rule("HAND-01", "OFF-02")
@pytest.mark.parametrize("years", [-3, 3])
def test_people_of_a_log_are_judged_by_its_own_clock(tmp_path, years):
    on, later = ((timezone.now() + timedelta(days=365 * years + extra)).date().isoformat() for extra in (0, 2))
    moved = event("09:30", "transfer", on, customer="c1", to="B", by="S", reason="调整")
    bought = [
        {**UNIT, "at": moved["at"]},
        deal("10:00", "subscribe", on, unit="U1"),
        deal("10:01", "contract", on, by="S"),
    ]
    gone = event("11:00", "leave_post", on, who="S", by="M", hand_over_to=[])
    after = [deal("09:00", "pay", later), event("09:01", "warn", later, who="A", by="S", kind="order")]
    state = replay(tmp_path, begun(moved, *bought, gone, *after, on=on))
    assert [do for _line, do in told(state)] == ["warn"], state["refusals"]
    assert state["customers"]["c1"]["owner"] == "B"


@pytest.mark.rule("FUP-01", "OWN-06a")
@pytest.mark.parametrize(
    "again", [[], [event("12:00", "follow_up", NEXT, customer="c1", manner="phone", reached=False)]]
)
def test_the_rhythm_begins_anew_with_a_new_owner_whatever_the_former_one_promised(tmp_path, again):
    said = {"manner": "phone", "reached": True, "result": "聊过", "level": "A", "next_on": "2026-03-12"}
    promised = event("10:00", "follow_up", "2026-03-09", customer="c1", **said)
    moved = event("09:30", "transfer", NEXT, customer="c1", to="B", by="S", reason="调整")
    assert replay(tmp_path, begun(promised, moved, *again))["customers"]["c1"]["next_due"] == "2026-03-17"
