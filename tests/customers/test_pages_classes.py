"""The pages of tags and of one customer's class; the filter of the list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers import key_customers, tags
from customers.models import Customer, KeyMark, SecondPerson, Tag
from staff.roles import Role
from tests.house import phone
from tests.markup import HTMX


@pytest.fixture
def customer(house) -> Customer:
    told = house.visit("09:10", name="孙小平", phone=phone(1))
    house.leave(told, at="09:40")
    return house.customer(told)


@pytest.fixture
def tag(house) -> Tag:
    return tags.make(house.office, name="投资客", by=house.supervisor, now=house.at("09:00"))


def url_of(customer, act="") -> str:
    return reverse("customer_key", args=[customer.pk, act]) if act else reverse("customer_class", args=[customer.pk])


@pytest.mark.rule("REG-12")
def test_the_owner_tags_and_the_list_is_filtered_by_a_chip(house, customer, tag, sign_in):
    other = house.customer(house.call("10:00", "A", name="李小红", phone=phone(2)))
    client = sign_in(house.people["A"])
    assert client.post(url_of(customer), {"tags": tag.pk}).status_code == 302
    assert client.get(url_of(customer)).context["tags_form"]["tags"].value() == [tag.pk]
    page = client.get(reverse("customers"), {"tag": tag.pk})
    assert [one["pk"] for one in page.context["customers"]] == [customer.pk]
    assert "标签 · 投资客" in page.content.decode()
    assert [one["pk"] for one in client.get(reverse("customers")).context["customers"]] == [other.pk, customer.pk]
    for odd in ("0", "x", str(10**30)):
        assert len(client.get(reverse("customers"), {"tag": odd}).context["customers"]) == 2


@pytest.mark.rule("OFF-01")
def test_the_tag_of_another_office_filters_nothing(house, neighbour, customer, sign_in):
    theirs = tags.make(neighbour.office, name="隐秘", by=neighbour.supervisor, now=neighbour.at("09:00"))
    page = sign_in(house.supervisor).get(reverse("customers"), {"tag": theirs.pk})
    assert ("隐秘" in page.content.decode(), len(page.context["customers"])) == (False, 1)
    assert sign_in(house.supervisor).post(url_of(customer), {"tags": theirs.pk}).status_code == 422


@pytest.mark.rule("REG-12")
def test_the_supervisor_marks_names_releases_and_lifts(house, customer, sign_in):
    lead = sign_in(house.supervisor)
    assert list(lead.get(url_of(customer)).context["forms"]) == ["mark"]
    assert lead.post(url_of(customer, "mark"), {"reason": "多次成交"}).status_code == 302
    page = lead.get(url_of(customer))
    assert (list(page.context["forms"]), "多次成交" in page.content.decode()) == (["lift", "name"], True)
    said = {"user": house.people["B"].pk, "last": "2026-03-31", "reason": "一同维护"}
    assert lead.post(url_of(customer, "name"), said).status_code == 302
    second = sign_in(house.people["B"])
    body = second.get(url_of(customer)).content.decode()
    assert ("一同维护" in body, "<form" in body.split("<main")[1]) == (True, False)
    assert second.get(reverse("customer", args=[customer.pk])).status_code == 200
    assert lead.post(url_of(customer, "end")).status_code == 302
    assert second.get(url_of(customer)).status_code == 404
    assert lead.post(url_of(customer, "lift"), {"reason": "已成交"}).status_code == 302
    assert (KeyMark.objects.get().lifted_reason, SecondPerson.objects.get().ended) == ("已成交", "by_hand")


@pytest.mark.rule("REG-12")
def test_a_form_that_lacks_something_keeps_what_was_typed(house, customer, sign_in):
    lead = sign_in(house.supervisor)
    assert lead.post(url_of(customer, "mark"), {"reason": ""}).status_code == 422
    key_customers.mark(customer, reason="多次成交", by=house.supervisor, now=house.at("10:00"))
    for lacks in ({"last": ""}, {"user": ""}, {"reason": ""}, {"last": "2025-01-01"}, {"user": house.people["A"].pk}):
        said = {"user": house.people["B"].pk, "last": "2026-03-31", "reason": "一同维护", **lacks}
        answer = lead.post(url_of(customer, "name"), said)
        assert answer.status_code == 422
        assert answer.context["forms"]["name"]["last"].value() == said["last"]
    assert lead.post(url_of(customer, "lift"), {"reason": ""}).status_code == 422
    assert lead.post(url_of(customer, "mark"), {"reason": "又一次"}).status_code == 422


@pytest.mark.rule("OFF-03")
def test_who_may_not(house, neighbour, customer, tag, sign_in):
    for who in (house.people["B"], neighbour.supervisor):
        client = sign_in(who)
        assert {client.get(url_of(customer)).status_code, client.post(url_of(customer)).status_code} == {404}
    assert sign_in(neighbour.supervisor).post(url_of(customer, "mark"), {"reason": "x"}).status_code == 404
    assert sign_in(neighbour.supervisor).post(reverse("tag_retire", args=[tag.pk])).status_code == 404
    rep = sign_in(house.people["A"])
    assert rep.post(url_of(customer, "mark"), {"reason": "x"}).status_code == 403
    assert (rep.get(reverse("tags")).status_code, rep.post(reverse("tag_retire", args=[tag.pk])).status_code) == (
        403,
    ) * 2
    assert sign_in(house.clerk).post(url_of(customer), {"tags": tag.pk}).status_code == 422
    assert sign_in(house.hire("f", Role.FINANCE)).get(url_of(customer)).status_code == 403


@pytest.mark.rule("REG-12")
def test_tags_are_made_renamed_retired_and_used_again(house, sign_in):
    lead, page = sign_in(house.supervisor), reverse("tags")
    assert lead.post(page, {"name": " 投资  客 "}).status_code == 302
    assert [lead.post(page, {"name": name}).status_code for name in ("", "投资 客", "长" * 21)] == [422] * 3
    tag = Tag.objects.get()
    assert tag.name == "投资 客"
    assert lead.post(reverse("tag_rename", args=[tag.pk]), {"name": "学区"}).status_code == 302
    answer = lead.post(reverse("tag_rename", args=[tag.pk]), {"name": ""})
    assert (answer.status_code, answer.context["wrong"]) == (422, tag.pk)
    for retired in (True, False):
        assert lead.post(reverse("tag_retire", args=[tag.pk])).status_code == 302
        assert (Tag.objects.get().retired_at is not None) is retired
    assert "学区" in lead.get(page).content.decode()


def test_wrong_methods_are_refused(house, customer, tag, sign_in):
    lead = sign_in(house.supervisor)
    for act in ("mark", "lift", "name", "end"):
        assert lead.get(url_of(customer, act)).status_code == 405
    assert lead.get(reverse("tag_rename", args=[tag.pk])).status_code == 405
    assert lead.get(reverse("tag_retire", args=[tag.pk])).status_code == 405
    assert (lead.put(reverse("tags")).status_code, lead.put(url_of(customer)).status_code) == (405, 405)


def test_htmx_gets_the_part(house, customer, sign_in):
    lead = sign_in(house.supervisor)
    for path, part in ((reverse("tags"), 'id="tags"'), (url_of(customer), 'id="class"')):
        body = lead.get(path, headers=HTMX).content.decode()
        assert ("<html" in body, part in body) == (False, True)


def test_statements_stay_the_same_with_more_rows(house, customer, sign_in):
    lead, counts = sign_in(house.supervisor), {}
    for n in range(1, 4):
        tag = tags.make(house.office, name=f"标签{n}", by=house.supervisor, now=house.at("10:00"))
        other = house.customer(house.call(f"11:0{n}", "A", phone=phone(10 + n)))
        tags.put(other, [tag], by=house.supervisor, now=house.at("12:00"))
        tags.put(customer, tags.offered(house.office), by=house.supervisor, now=house.at("12:00"))
        key_customers.mark(customer, reason="重要", by=house.supervisor, now=house.at("12:00"))
        if n < 3:
            key_customers.lift(customer, reason="结束", by=house.supervisor, now=house.at("12:00"))
            key_customers.mark(customer, reason="重要", by=house.supervisor, now=house.at("12:00"))
        for path in (reverse("tags"), url_of(customer), reverse("customers")):
            with CaptureQueriesContext(connection) as caught:
                assert lead.get(path).status_code == 200
            counts.setdefault(path, []).append(len(caught))
        if n < 3:
            key_customers.lift(customer, reason="结束", by=house.supervisor, now=house.at("12:00"))
    assert {path: len(set(found)) for path, found in counts.items()} == dict.fromkeys(counts, 1)
    assert counts[reverse("customers")][0] <= 6
