"""The A-card's page: drafts, the level live, submission, signature, filing, print, scope."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers import cards, contacts
from customers.models import Card, CardState, Customer
from staff.models import AccessLog, Notice
from staff.models.log import Look
from staff.roles import Role
from tests.factories import staff_member
from tests.house import phone
from tests.markup import HTMX

DRAFT = {"unit": "三房", "reception": "第一次来，看了样板间", "plan": "周末电话"}
FULL = {**DRAFT, "need": "yes", "confidence": "yes", "power": "no", "level": "", "reason": ""}


@pytest.fixture
def customer(house) -> Customer:
    """A customer of rep A, whose visit is over."""
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    return house.customer(told)


@pytest.fixture
def url(customer) -> str:
    return f"/customers/{customer.pk}/card/"


@pytest.fixture
def rep(house, sign_in):
    return sign_in(house.people["A"])


@pytest.mark.rule("CARD-01")
def test_a_draft_is_kept_as_far_as_it_goes_and_sealed(rep, customer, url):
    response = rep.post(f"{url}draft/", {**DRAFT, "need": "yes"})
    assert (response.status_code, response["Location"]) == (302, url)
    card = Card.objects.select_related("customer__key").get()
    assert (card.state, card.need, card.power) == (CardState.DRAFT, True, None)
    assert "样板间".encode() not in bytes(card.content_sealed)
    form = rep.get(url).context["form"]
    assert (form["unit"].value(), form["need"].value(), form["power"].value()) == ("三房", "yes", None)


def test_a_draft_saved_while_writing_is_answered_with_one_line(rep, url):
    response = rep.post(f"{url}draft/", DRAFT, headers=HTMX)
    assert (response.status_code, "<html" in response.content.decode()) == (200, False)
    assert "12:00" in response.content.decode()
    assert rep.post(f"{url}draft/", {"unit": "x" * 61}, headers=HTMX).status_code == 422


@pytest.mark.rule("CARD-03")
@pytest.mark.parametrize(
    ("findings", "level"),
    [
        (("yes", "yes", "yes"), "H"),
        (("yes", "no", "yes"), "A"),
        (("yes", "yes", "no"), "B"),
        (("no", "yes", "yes"), "C"),
        (("yes", "no", "no"), "D"),
        (("yes", "", "no"), None),
    ],
)
def test_the_level_is_proposed_from_the_findings_live(rep, url, findings, level):
    response = rep.post(f"{url}level/", dict(zip(("need", "confidence", "power"), findings, strict=True)))
    assert (response.context["proposed"] or {}).get("level") == level


@pytest.mark.rule("CARD-03", "CARD-04")
def test_a_submitted_card_is_fixed_and_sets_the_level(rep, customer, url):
    response = rep.post(f"{url}submit/", FULL)
    assert (response.status_code, response["Location"]) == (302, url)
    page = rep.get(url)
    assert (page.context["form"], page.context["card"].state, page.context["card"].level) == (None, "submitted", "B")
    body = page.content.decode()
    assert [text in body for text in ("三房", "第一次来", 'data-draft-done="card-')] == [True] * 3
    again = rep.post(f"{url}draft/", DRAFT)
    assert again.status_code == 422
    assert "CARD-04" in again.content.decode()


@pytest.mark.rule("CARD-03")
@pytest.mark.parametrize(
    "typed", [{"need": ""}, {"reception": ""}, {"plan": " "}, {"level": "H"}, {"level": "Z"}, {"unit": "x" * 61}]
)
def test_a_card_that_lacks_something_keeps_what_was_typed(rep, url, typed):
    response = rep.post(f"{url}submit/", {**FULL, **typed})
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert not Card.objects.exclude(state="draft").exists()


@pytest.mark.rule("CARD-03")
def test_another_level_needs_a_reason_which_the_version_keeps(rep, url):
    assert rep.post(f"{url}submit/", {**FULL, "level": "H", "reason": "当天就要定"}).status_code == 302
    version = Card.objects.get().versions.get()
    assert (version.level, version.proposed, version.reason) == ("H", "B", "当天就要定")


def submitted(house, customer, at="11:00"):
    findings = cards.Findings(need=True, confidence=True)
    cards.save_draft(customer, by=house.people["A"], now=house.at(at), content='{"unit": "三房"}', findings={})
    return cards.submit(customer, by=house.people["A"], now=house.at(at), findings=findings)


@pytest.mark.rule("CARD-04")
def test_the_supervisor_signs_with_guidance_and_the_rep_files(house, customer, url, sign_in, rep):
    submitted(house, customer)
    supervisor = sign_in(house.supervisor)
    assert supervisor.get(url).context["sign_form"] is not None
    supervisor.post(f"{url}sign/", {"guidance": "约看工地"})
    assert Notice.objects.filter(user=house.people["A"], key__startswith="card:guided").count() == 1
    page = rep.get(url)
    assert "约看工地" in page.content.decode()
    assert page.context["may_file"]
    rep.post(f"{url}file/")
    card = Card.objects.get()
    assert (card.state, card.filed_by) == (CardState.FILED, house.people["A"])
    assert rep.get(url).context["judgement"].protected is True


@pytest.mark.rule("CARD-04")
def test_a_returned_card_is_written_again_as_a_new_version(house, customer, url, sign_in, rep):
    submitted(house, customer)
    supervisor = sign_in(house.supervisor)
    assert supervisor.post(f"{url}return/", {"reason": " "}).status_code == 422
    assert supervisor.post(f"{url}return/", {"reason": "写清预算"}).status_code == 302
    assert Notice.objects.filter(key__startswith="card:returned").count() == 1
    page = rep.get(url)
    assert page.context["form"]["unit"].value() == "三房"
    assert "写清预算" in page.content.decode()
    rep.post(f"{url}submit/", {**FULL, "budget": "180"})
    assert [one["row"].version for one in rep.get(url).context["versions"]] == [2, 1]


@pytest.mark.rule("CARD-04")
def test_a_card_is_decided_once(house, customer, url, sign_in):
    submitted(house, customer)
    supervisor = sign_in(house.supervisor)
    supervisor.post(f"{url}sign/", {"guidance": ""})
    second = supervisor.post(f"{url}return/", {"reason": "x"}, follow=True)
    assert "CARD-04" in second.content.decode()
    assert Card.objects.get().state == CardState.SIGNED


def test_a_filed_card_opens_for_a_new_version(house, customer, url, rep):
    submitted(house, customer)
    cards.sign(customer, by=house.supervisor, now=house.at("11:30"))
    cards.file(customer, by=house.people["A"], now=house.at("11:40"))
    assert rep.get(url).context["form"] is None
    assert rep.get(f"{url}?edit=1").context["form"] is not None


@pytest.mark.rule("CARD-05")
def test_missed_deadlines_are_named_and_the_supervisors_delay_is_the_supervisors(house, customer, url, clock, sign_in):
    assert sign_in(house.supervisor).get(url).context["judgement"].protected is None
    house.sleep()
    submitted(house, customer, at="10:00")
    house.sleep(2)
    clock.move_to(house.at("10:00"))
    page = sign_in(house.supervisor).get(url)
    assert page.context["judgement"].missed == ("submit",)
    assert [step.kept for step in page.context["steps"]] == [False, False, None]
    assert len(page.context["reasons"]) == 2


@pytest.mark.rule("CARD-06")
def test_the_level_is_drawn_with_its_numbers(house, customer, url, clock, rep):
    submitted(house, customer)
    said = {"manner": "phone", "reached": True, "result": "要看合同"}
    contacts.record(customer, by=house.people["A"], now=house.at("11:30"), level="H", **said)
    page = rep.get(url)
    assert [point.level for point in page.context["drawing"].points] == ["B", "H"]
    assert [text in page.content.decode() for text in ('role="img"', "<title", "<details")] == [True] * 3


@pytest.mark.rule("CARD-07", "ACC-05")
def test_each_print_is_logged_and_carries_a_code_that_leads_back(house, customer, url, sign_in, rep):
    submitted(house, customer)
    page = rep.post(f"{url}print/")
    body = page.content.decode()
    entry = AccessLog.objects.get()
    assert (entry.action, entry.subject) == (Look.PRINTED, f"card:{customer.pk}")
    assert [text in body for text in (f"{entry.pk:06d}", "<svg", "孙小平", "154****0001")] == [True] * 4
    assert phone(1) not in body
    assert rep.get(f"/card/{customer.uuid}/")["Location"] == url
    assert sign_in(house.people["B"]).get(f"/card/{customer.uuid}/").status_code == 404


@pytest.mark.rule("OFF-03")
def test_a_colleague_and_another_office_find_no_such_card(house, neighbour, customer, url, sign_in):
    submitted(house, customer)
    for who in (house.people["B"], neighbour.people["X"], neighbour.supervisor):
        client = sign_in(who)
        posts = [client.post(f"{url}{act}/", FULL) for act in ("draft", "level", "submit", "file", "print")]
        assert {page.status_code for page in (client.get(url), *posts)} == {404}
        assert {client.post(f"{url}{act}/", {"reason": "x"}).status_code for act in ("sign", "return")} <= {403, 404}
    assert sign_in(staff_member(Role.FINANCE, house.office)).get(url).status_code == 403
    assert AccessLog.objects.count() == 0


def test_the_desk_reads_what_was_submitted_but_not_the_draft(house, customer, url, sign_in, rep):
    rep.post(f"{url}draft/", {"unit": "草稿两房"})
    assert "草稿两房" not in sign_in(house.supervisor).get(url).content.decode()


def test_wrong_methods_are_refused(customer, url, rep):
    assert rep.post(url).status_code == 405
    for act in ("draft", "level", "submit", "sign", "return", "file", "print"):
        assert rep.get(f"{url}{act}/").status_code == 405


def test_htmx_gets_the_part(url, rep):
    body = rep.get(url, headers=HTMX).content.decode()
    assert ("<html" in body, 'id="a-card"' in body) == (False, True)


@pytest.mark.rule("ACC-05")
def test_an_opening_is_logged_and_a_head_request_is_not(url, rep):
    rep.head(url)
    assert AccessLog.objects.count() == 0
    rep.get(url)
    assert AccessLog.objects.get().action == Look.OPENED


def test_statements_stay_the_same_with_more_versions_and_changes(house, customer, url, sign_in):
    client, counts = sign_in(house.supervisor), []
    for n in range(3):
        submitted(house, customer, at=f"10:{n}0")
        with CaptureQueriesContext(connection) as caught:
            assert client.get(url).status_code == 200
        counts.append(len(caught))
        cards.send_back(customer, by=house.supervisor, now=house.at(f"10:{n}5"), reason="再写")
    assert len(set(counts)) == 1
    assert counts[0] <= 10
