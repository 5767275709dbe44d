"""Disputes: opened, ruled in writing, appealed once, overruled once; who may not, and what a claim tells (OWN-12, 13)."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import RuleError
from customers import appeals, cards, claims, contacts, dispute_notices, disputes
from customers.models import ClaimKey, Dispute, DisputeState, Episode, Ruling, Standing
from staff.models import Notice
from staff.roles import Role
from tests.house import House, phone

H = cards.Findings(need=True, confidence=True, power=True)


@pytest.fixture
def manager(house):
    return house.hire("manager", Role.MARKETING_MANAGER)


def held(house, n=1, by="A", at="09:10"):
    """A customer of somebody's."""
    return house.customer(house.call(at, by, name=f"孙小平{n}", phone=phone(n)))


def opened(house, customer, by="B"):
    return disputes.open_dispute(customer, by=house.people[by], now=house.at("10:00"), claim="我先接的")


def ruled(house, dispute, to=None, text="以公共登记本为准", **said):
    return disputes.rule(
        dispute, by=house.supervisor, now=house.at("11:00"), text=text, to=to and house.people[to], **said
    )


def refused(rule, *args, **kwargs):
    with pytest.raises(RuleError) as caught:
        rule(*args, **kwargs)
    return caught.value.rule


@pytest.mark.rule("OWN-12", "OWN-14", "OWN-06a")
def test_a_ruling_moves_the_customer_and_starts_thirty_days(house):
    customer = held(house)
    house.sleep(3)
    dispute = opened(house, customer)
    ruling = ruled(house, dispute, "B")
    customer.refresh_from_db()
    assert (customer.owner, customer.since, customer.valid_until.isoformat()) == (
        house.people["B"],
        house.on,
        "2026-04-04",
    )
    was, now = Episode.objects.filter(customer=customer).order_by("pk")
    assert (was.ended, was.until, now.basis, now.until) == ("ruling", house.at("11:00"), "ruling", None)
    assert (ruling.episode, ruling.owner, ruling.text) == (now, house.people["B"], "以公共登记本为准")
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.RULED


@pytest.mark.rule("OWN-12")
@pytest.mark.parametrize("to", [None, "A"])
def test_a_ruling_for_the_present_owner_moves_nothing(house, to):
    customer = held(house)
    house.sleep(3)
    ruling = ruled(house, opened(house, customer), to)
    customer.refresh_from_db()
    assert (ruling.episode, ruling.owner, customer.since.isoformat()) == (None, house.people["A"], "2026-03-02")
    assert Episode.objects.filter(customer=customer).count() == 1


@pytest.mark.rule("OWN-12")
def test_a_ruling_has_to_be_in_writing_and_from_the_supervisor(house, manager, neighbour):
    dispute = opened(house, held(house))
    assert refused(ruled, house, dispute, "B", text=" ") == "OWN-12"
    for who in (house.people["C"], house.clerk, neighbour.supervisor):
        assert refused(disputes.rule, dispute, by=who, now=house.at("11:00"), text="x") == "OFF-03"
    assert not Ruling.objects.exists()
    assert refused(disputes.overrule, dispute, by=manager, now=house.at("11:00"), text="x") == "OWN-12"


@pytest.mark.rule("OWN-12")
def test_a_supervisor_who_is_party_cannot_rule(house, manager):
    """A rep who was promoted while the dispute was open."""
    dispute = opened(house, held(house))
    house.people["B"].postings.update(role=Role.SUPERVISOR)
    house.people["B"].__dict__.pop("posting", None)
    assert refused(disputes.check_rule, dispute, by=house.people["B"], now=house.at("11:00")) == "OWN-12"
    assert refused(disputes.rule, dispute, by=house.people["B"], now=house.at("11:00"), text="归我") == "OWN-12"
    assert disputes.rule(dispute, by=manager, now=house.at("11:10"), text="不变").episode is None


@pytest.mark.rule("OWN-12")
def test_one_appeal_and_one_last_word(house, manager):
    customer = held(house)
    dispute = opened(house, customer)
    ruled(house, dispute, "B")
    dispute.refresh_from_db()
    assert refused(appeals.appeal, dispute, by=house.people["C"], now=house.at("11:30"), reason="x") == "OWN-12"
    assert refused(appeals.appeal, dispute, by=house.people["A"], now=house.at("11:30"), reason=" ") == "OWN-12"
    appeals.appeal(dispute, by=house.people["A"], now=house.at("11:30"), reason="登记在先")
    assert refused(appeals.appeal, dispute, by=house.people["A"], now=house.at("11:31"), reason="x") == "OWN-12"
    assert refused(disputes.overrule, dispute, by=house.supervisor, now=house.at("12:00"), text="x") == "OWN-12"
    assert refused(ruled, house, dispute, "B") == "OWN-12"
    disputes.overrule(dispute, by=manager, now=house.at("12:00"), text="归原主", to=house.people["A"])
    assert refused(disputes.overrule, dispute, by=manager, now=house.at("12:01"), text="x") == "OWN-12"
    customer.refresh_from_db()
    dispute.refresh_from_db()
    assert (customer.owner, dispute.state, dispute.closed_at) == (house.people["A"], "final", house.at("12:00"))
    assert [e.basis for e in Episode.objects.filter(customer=customer)] == ["first_call", "ruling", "ruling"]


@pytest.mark.rule("OWN-12")
def test_an_appeal_is_taken_back_by_whoever_appealed_and_the_other_party_may_still_appeal(house, manager):
    dispute = opened(house, held(house))
    ruled(house, dispute, "B")
    dispute.refresh_from_db()
    assert refused(appeals.recall, dispute, by=house.people["A"], now=house.at("11:25")) == "OWN-12"
    appeals.appeal(dispute, by=house.people["A"], now=house.at("11:30"), reason="登记在先")
    assert refused(appeals.recall, dispute, by=house.people["B"], now=house.at("11:31")) == "OWN-12"
    assert appeals.recall(dispute, by=house.people["A"], now=house.at("11:32")).state == "ruled"
    told = Notice.objects.filter(key=f"dispute:{dispute.pk}:recalled:{house.people['A'].pk}")
    assert sorted(told.values_list("user__name", flat=True)) == ["B", "manager"]
    assert refused(appeals.appeal, dispute, by=house.people["A"], now=house.at("11:33"), reason="又想") == "OWN-12"
    appeals.appeal(dispute, by=house.people["B"], now=house.at("11:34"), reason="另有理由")
    dispute.refresh_from_db()
    disputes.overrule(dispute, by=manager, now=house.at("12:00"), text="不变")
    assert refused(appeals.recall, dispute, by=house.people["B"], now=house.at("12:01")) == "OWN-12"


@pytest.mark.rule("OWN-12")
def test_a_managers_ruling_is_final_and_not_overruled_by_the_manager(house, manager):
    dispute = opened(house, held(house))
    disputes.rule(dispute, by=manager, now=house.at("11:00"), text="归B", to=house.people["B"])
    dispute.refresh_from_db()
    assert dispute.state == DisputeState.FINAL
    assert refused(disputes.overrule, dispute, by=manager, now=house.at("11:10"), text="x") == "OWN-12"
    assert refused(appeals.appeal, dispute, by=house.people["A"], now=house.at("11:10"), reason="x") == "OWN-12"


@pytest.mark.rule("OWN-12", "OWN-07", "OWN-05", "OWN-06b")
def test_nobodys_customers_are_refused_with_the_rule(house):
    lapsed = held(house)
    lead = house.customer(house.web(phone=phone(9)))
    gone = held(house, 3, at="09:20")
    gone.standing, gone.owner, gone.valid_until = Standing.DEFEATED, None, None
    gone.save()
    house.sleep(31)
    for customer, rule in ((lapsed, "OWN-07"), (lead, "OWN-05"), (gone, "OWN-06b")):
        assert refused(opened, house, customer) == rule
    assert not Dispute.objects.exists()


@pytest.mark.rule("OWN-12")
def test_a_customer_who_lapses_meanwhile_is_dismissed_not_ruled(house):
    dispute = opened(house, held(house))
    assert refused(disputes.dismiss, dispute, by=house.supervisor, now=house.at("11:00")) == "OWN-12"
    house.sleep(31)
    assert refused(ruled, house, dispute, "B") == "OWN-07"
    assert disputes.dismiss(dispute, by=house.supervisor, now=house.at("11:00")).state == "dismissed"


@pytest.mark.rule("OWN-12", "PRIV-05")
def test_a_customer_whose_data_are_erased_is_refused(house):
    customer = held(house)
    customer.key.delete()
    customer = type(customer).objects.select_related("office__policy").get(pk=customer.pk)
    assert refused(opened, house, customer) == "PRIV-05"
    claims.claim(house.office, typed="1", words="x", by=house.people["B"], now=house.at("11:00"), request_id=uuid4())
    dispute = Dispute.objects.get()
    assert (dispute.customer, dispute.claim) == (None, "x")


@pytest.mark.rule("OWN-12")
def test_two_disputes_over_one_customer_are_ruled_one_after_the_other(house):
    customer = held(house)
    first, second = opened(house, customer, "B"), opened(house, customer, "C")
    assert refused(opened, house, customer, "B") == "OWN-12"
    ruled(house, first, "B")
    ruled(house, second, "C")
    customer.refresh_from_db()
    assert customer.owner == house.people["C"]
    assert [one.owner for one in Ruling.objects.order_by("pk")] == [house.people["B"], house.people["C"]]


@pytest.mark.rule("OWN-12", "OWN-06a")
def test_a_customer_with_a_deal_changes_hands_and_keeps_the_deal(house):
    customer = held(house)
    customer.standing, customer.valid_until = Standing.DEALT, None
    customer.save()
    ruled(house, opened(house, customer), "B")
    customer.refresh_from_db()
    assert (customer.owner, customer.standing, customer.valid_until) == (house.people["B"], "dealt", None)


@pytest.mark.rule("OWN-13", "CARD-05")
def test_only_an_unprotected_customer_is_ruled_by_who_closes(house):
    kept = held(house)
    cards.submit(kept, by=house.people["A"], now=house.at("09:30"), findings=H)
    assert refused(ruled, house, opened(house, kept), "B", ground="unprotected") == "OWN-13"
    missed = held(house, 2, at="09:20")
    house.sleep()
    ruling = ruled(house, opened(house, missed), "B", ground="unprotected")
    assert (ruling.protected, ruling.ground) == (False, "unprotected")


@pytest.mark.rule("OWN-12", "LOST-01")
def test_a_ruling_lets_a_request_for_defeat_fall(house):
    from customers import defeat

    customer = held(house)
    cards.submit(customer, by=house.people["A"], now=house.at("09:30"), findings=H)
    defeat.request(customer, by=house.people["A"], now=house.at("09:40"), ground="not_buying")
    ruled(house, opened(house, customer), "B")
    assert defeat.open_request(customer) is None


@pytest.mark.rule("OWN-12")
def test_both_parties_are_told_and_nothing_is_said(house, manager):
    dispute = opened(house, held(house))
    assert dispute_notices.tell_respondents(now=house.at("10:05"), office=house.office) == 1
    assert dispute_notices.tell_respondents(now=house.at("10:07")) == 0
    ruled(house, dispute, "B")
    dispute.refresh_from_db()
    appeals.appeal(dispute, by=house.people["A"], now=house.at("11:30"), reason="登记在先")
    keys = sorted(Notice.objects.filter(key__startswith="dispute").values_list("user__name", "key"))
    pk, appellant = dispute.pk, house.people["A"].pk
    assert [(who, key.removeprefix(f"dispute:{pk}:")) for who, key in keys] == [
        ("A", "respondent"),
        ("A", "ruled"),
        ("B", f"appeal:{appellant}"),
        ("B", "ruled"),
        ("manager", f"appealed:{appellant}"),
        ("manager", "opened"),
        ("supervisor", "opened"),
    ]
    said = "".join(Notice.objects.filter(key__startswith="dispute").values_list("text", flat=True))
    assert not any(words in said for words in ("登记", "孙小平"))


@pytest.mark.rule("OWN-12")
def test_who_opened_a_dispute_withdraws_it_while_it_is_open(house):
    dispute = opened(house, held(house))
    assert refused(disputes.withdraw, dispute, by=house.people["A"], now=house.at("10:30")) == "OWN-12"
    assert disputes.withdraw(dispute, by=house.people["B"], now=house.at("10:30")).state == "withdrawn"
    assert refused(ruled, house, dispute, "B") == "OWN-12"


def claim(house, typed, by="B", **said):
    said = {"words": "我先接的", "request_id": uuid4(), **said}
    return claims.claim(house.office, typed=typed, by=house.people[by], now=house.at("10:00"), **said)


@pytest.mark.rule("OWN-12", "OFF-03")
def test_a_claim_is_the_same_work_whatever_it_names(house):
    held(house)
    counts = []
    for typed in (phone(1), phone(88), "1", "999", "＃１"):
        with CaptureQueriesContext(connection) as caught:
            claim(house, typed)
        counts.append([one["sql"].split()[0] for one in caught])
    assert all(one == counts[0] for one in counts)
    rows = Dispute.objects.order_by("pk")
    assert [one.respondent and one.respondent.name for one in rows] == ["A", None, "A", None, "A"]


@pytest.mark.rule("OWN-12", "PRIV-02")
def test_the_words_of_a_claim_are_kept_whatever_it_names_and_open_under_the_right_key(house):
    customer = held(house)
    known, unknown = claim(house, phone(1), words="上周接的"), claim(house, phone(88), words="昨天接的")
    rows = {one.pk: one for one in Dispute.objects.select_related("key", "customer__key")}
    assert (rows[known.pk].typed, rows[known.pk].claim) == (phone(1), "上周接的")
    assert (rows[unknown.pk].typed, rows[unknown.pk].claim) == (phone(88), "昨天接的")
    ClaimKey.objects.all().delete()
    customer.key.delete()
    gone = Dispute.objects.select_related("customer")
    assert {(one.typed, one.claim) for one in gone} == {("", "")}


@pytest.mark.rule("OWN-12")
def test_a_repeated_claim_gets_the_first_answer(house):
    held(house)
    request_id = uuid4()
    assert claim(house, "1", request_id=request_id) == claim(house, "1", request_id=request_id)
    assert Dispute.objects.count() == 1


@pytest.mark.rule("OWN-12")
def test_a_claim_has_a_shape_and_a_limit(house):
    held(house)
    assert refused(claim, house, "abc") == "REG-06"
    assert refused(claim, house, "12345678901") == "REG-06"
    assert refused(claim, house, "1", by="A") == "OWN-12"
    for n in range(claims.MOST_OPEN):
        claim(house, str(n + 2))
    assert refused(claim, house, "1") == "OWN-12"


@pytest.mark.rule("OWN-12")
def test_a_claim_in_another_office_finds_nobody(house, neighbour):
    neighbour.call("09:10", "X", name="邻居", phone=phone(5))
    assert claim(house, phone(5)).customer is None


@pytest.mark.rule("OWN-12")
def test_a_follow_up_before_a_ruling_stays_the_former_owners(house):
    customer = held(house)
    made = contacts.record(
        customer, by=house.people["A"], now=house.at("09:30"), manner="phone", reached=True, result="好"
    )
    ruled(house, opened(house, customer), "B")
    made.refresh_from_db()
    assert (made.episode.owner, made.author) == (house.people["A"], house.people["A"])


def test_a_house_of_another_zone_rules_by_its_own_day(db, clock):
    house = House("AB", zone="America/New_York")
    customer = held(house, by="A")
    ruled(house, opened(house, customer), "B")
    customer.refresh_from_db()
    assert (customer.since, customer.valid_until.isoformat()) == (house.on, "2026-04-01")
