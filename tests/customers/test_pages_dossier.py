"""The pages of a customer's record and of what customers say in a month."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import consent, dossier, feedback
from customers.forms_dossier import months
from customers.models import Customer, Dossier, Feedback
from staff.models import AccessLog
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX

SAID = {"home": "城东花园", "hobbies": "钓鱼", "sex": "female"}
OPINION = {"theme": "price", "sentiment": "complaint", "text": "首付太高"}


@pytest.fixture
def customer(house) -> Customer:
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    one = house.customer(told)
    consent.give(one, ["record"], channel="desk", by=house.clerk, now=house.at("10:00"))
    return one


@pytest.fixture
def url(customer) -> str:
    return reverse("customer_record", args=[customer.pk])


@pytest.mark.rule("REG-11")
def test_the_owner_writes_the_record_and_sees_what_is_lacking(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    page = client.get(url)
    assert (page.context["form"], page.context["complete"].filled) == (None, 2)
    assert client.get(f"{url}?edit=1").context["form"] is not None
    assert client.post(url, {"version": "0", **SAID}).status_code == 302
    page = client.get(url)
    assert ("城东花园" in page.content.decode(), page.context["complete"].filled) == (True, 5)
    assert [change.by for change in page.context["changes"]] == [house.people["A"]]
    assert client.get(f"{url}?edit=1").context["form"]["home"].value() == "城东花园"


@pytest.mark.rule("ACC-05")
def test_each_opening_is_logged(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    client.head(url)
    client.get(url)
    assert AccessLog.objects.filter(subject=f"customer:{customer.pk}", action="opened").count() == 1


@pytest.mark.rule("PRIV-01")
def test_without_consent_the_page_says_so_and_takes_nothing(house, sign_in):
    one = house.customer(house.call("09:10", "A", name="孙小平", phone=phone(1)))
    client, url = sign_in(house.people["A"]), reverse("customer_record", args=[one.pk])
    page = client.get(f"{url}?edit=1")
    assert (page.context["form"], page.context["refusal"].rule) == (None, "PRIV-01")
    assert reverse("customer_consent", args=[one.pk]) in page.content.decode()
    for path, typed in ((url, {"version": "0", **SAID}), (f"{url}feedback/", OPINION)):
        answer = client.post(path, typed)
        assert (answer.status_code, "城东花园" in answer.content.decode()) == (422, False)
    assert (Dossier.objects.count(), Feedback.objects.count()) == (0, 0)


@pytest.mark.rule("REG-11")
def test_a_stale_form_shows_who_changed_what_and_keeps_what_was_typed(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    dossier.save(customer, SAID, version=0, by=house.people["A"], now=house.at("10:10"))
    theirs = {**SAID, "home": "城西", "needs": "三房"}
    dossier.save(customer, theirs, version=1, by=house.clerk, now=house.at("10:20"))
    answer = client.post(url, {"version": "1", **SAID, "home": "城南", "hobbies": "下棋"})
    assert answer.status_code == 422
    (change,) = answer.context["stale"]["changes"]
    assert (change.by, change.fields) == (house.clerk, ["home", "needs"])
    assert [(theirs, mine) for _label, theirs, mine in answer.context["stale"]["differences"]] == [("城西", "城南")]
    form = answer.context["form"]
    values = [form[name].value() for name in ("home", "hobbies", "needs", "version")]
    assert values == ["城南", "下棋", "三房", 2]
    assert Dossier.objects.get().version == 2
    assert client.post(url, {name: form[name].value() or "" for name in form.fields}).status_code == 302
    assert Dossier.objects.get().version == 3


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"birthday": "2026-03-03"}, "birthday"),
        ({"birthday": "1899-12-31"}, "birthday"),
        ({"age": "0"}, "age"),
        ({"age": "121"}, "age"),
        ({"age": "vierzig"}, "age"),
        ({"sex": "x"}, "sex"),
        ({"home": "长" * 101}, "home"),
        ({"needs": "长" * 1001}, "needs"),
    ],
)
def test_a_form_that_cannot_be_kept_is_shown_again(house, customer, url, sign_in, typed, wrong):
    answer = sign_in(house.people["A"]).post(url, {"version": "0", **SAID, **typed})
    assert answer.status_code == 422
    assert (list(answer.context["form"].errors), answer.context["form"]["hobbies"].value()) == ([wrong], "钓鱼")
    assert Dossier.objects.count() == 0


@pytest.mark.parametrize("version", ["", "x", "-1", "٣", "9" * 20])
def test_an_odd_version_is_stale_not_an_error(house, customer, url, sign_in, version):
    dossier.save(customer, SAID, version=0, by=house.people["A"], now=house.at("10:10"))
    answer = sign_in(house.people["A"]).post(url, {"version": version, "home": "城西"})
    assert (answer.status_code, Dossier.objects.get().version) == (422, 1)


@pytest.mark.rule("REG-11")
def test_an_opinion_is_kept_or_shown_again_opened(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    for lacks in ({"theme": ""}, {"sentiment": "bad"}, {"day": "2026-03-03"}, {"day": "x"}, {"text": "长" * 1001}):
        answer = client.post(f"{url}feedback/", {**OPINION, **lacks})
        assert (answer.status_code, answer.context["adding"]) == (422, True)
    assert client.post(f"{url}feedback/", OPINION).status_code == 302
    assert "首付太高" in client.get(url).content.decode()


@pytest.mark.rule("OFF-03")
def test_a_colleague_and_another_office_find_nothing(house, neighbour, customer, url, sign_in):
    dossier.save(customer, SAID, version=0, by=house.people["A"], now=house.at("10:10"))
    feedback.add(customer, by=house.people["A"], now=house.at("10:20"), **OPINION)
    for who in (house.people["B"], neighbour.people["X"], neighbour.supervisor):
        client = sign_in(who)
        answers = [client.get(url), client.post(url, SAID), client.post(f"{url}feedback/", OPINION)]
        assert {answer.status_code for answer in answers} == {404}
        lists = [client.get(reverse(name)) for name in ("feedback", "feedback_lines")]
        assert not any("首付太高" in one.content.decode() or one.context.get("rows") for one in lists)
    finance = sign_in(house.hire("f", Role.FINANCE))
    assert {finance.get(path).status_code for path in (url, "/feedback/", "/feedback/lines/")} == {403}


@pytest.mark.rule("REG-11")
def test_every_figure_of_the_month_opens_its_lines(house, customer, sign_in):
    for sentiment, text in (("complaint", "首付太高"), ("praise", "单价合适")):
        said = {**OPINION, "sentiment": sentiment, "text": text}
        feedback.add(customer, by=house.people["A"], now=house.at("10:20"), **said)
    for who in (house.people["A"], house.supervisor):
        client = sign_in(who)
        page = client.get(reverse("feedback"))
        assert page.context["rows"][-1].total.count == 2
        for row in page.context["rows"]:
            for figure in (*row.ways, row.total):
                lines = client.get(f"{reverse('feedback_lines')}?{figure.query}").context["lines"]
                assert len(lines) == figure.count
    lines = client.get(reverse("feedback_lines"), {"sentiment": "praise"}).context["lines"]
    assert [(one["name"], one["text"], one["by"]) for one in lines] == [("孙小平", "单价合适", "A")]
    assert client.get(reverse("feedback"), {"month": "2026-02"}).context["rows"] == []
    assert client.get(reverse("feedback"), {"month": "1999-99"}).context["month"] == "2026-03"


def test_months_go_back_two_years():
    found = months(date(2026, 1, 31))
    assert (found[0], found[1], found[-1], len(found)) == (date(2026, 1, 1), date(2025, 12, 1), date(2024, 2, 1), 24)


def test_wrong_methods_are_refused(house, url, sign_in):
    client = sign_in(house.supervisor)
    assert (client.put(url).status_code, client.get(f"{url}feedback/").status_code) == (405, 405)
    assert {client.post(path).status_code for path in ("/feedback/", "/feedback/lines/")} == {405}


def test_htmx_gets_the_part(house, customer, url, sign_in):
    client = sign_in(house.people["A"])
    for path, part in ((url, "customer-record"), ("/feedback/", "summary"), ("/feedback/lines/", "list")):
        body = client.get(path, headers=HTMX).content.decode()
        assert ("<html" in body, f'id="{part}"' in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, customer, url, sign_in):
    client, counts = sign_in(house.people["A"]), {}
    for n in range(3):
        dossier.save(customer, {"home": f"城{n}"}, version=n, by=house.people["A"], now=house.at("10:10"))
        feedback.add(customer, by=house.people["A"], now=house.at("10:20"), **OPINION)
        for path in (url, f"{url}?edit=1", "/feedback/", "/feedback/lines/"):
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            counts.setdefault(path, []).append(len(caught))
    assert {path: len(set(found)) for path, found in counts.items()} == dict.fromkeys(counts, 1)
    assert (counts["/feedback/lines/"][0], counts["/feedback/"][0]) <= (6, 6)
