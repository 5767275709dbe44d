"""One line: what it shows, who may add what, and that the original stays."""

from __future__ import annotations

import pytest

from customers import registers
from customers.models import RegisterCorrection, RegisterLine
from customers.search import by_phone
from staff.models import AccessLog
from tests.house import phone

ADD = "/register/1/{}/"


@pytest.fixture
def line(house) -> RegisterLine:
    """A line without a phone number, of rep A."""
    return house.visit("09:10", name="孙小平").line


@pytest.mark.rule("REG-07")
def test_a_line_shows_its_decision_in_words_and_its_place_in_the_chain(house, line, sign_in):
    body = sign_in(house.supervisor).get("/register/1/").content.decode()
    assert line.reason in body
    assert f'<code title="{line.digest}">{line.digest[:12]}</code>' in body
    assert "孙小平" in body


@pytest.mark.rule("ACC-05")
def test_opening_a_line_is_logged_and_asking_for_its_head_is_not(house, line, sign_in):
    client = sign_in(house.supervisor)
    client.head("/register/1/")
    assert AccessLog.objects.count() == 0
    client.get("/register/1/")
    entry = AccessLog.objects.get()
    assert (entry.user, entry.subject) == (house.supervisor, f"line:1 customer:{line.customer_id}")


@pytest.mark.rule("OFF-03")
def test_a_colleagues_line_and_another_offices_line_do_not_exist(house, neighbour, line, sign_in):
    for who in (house.people["B"], neighbour.supervisor, neighbour.people["X"]):
        client = sign_in(who)
        for response in (client.get("/register/1/"), client.post(ADD.format("completion"), {"phone": phone(1)})):
            assert response.status_code == 404
            assert "孙小平" not in response.content.decode()
    assert RegisterCorrection.objects.count() == 0


def test_wrong_methods_are_refused(house, line, sign_in):
    client = sign_in(house.supervisor)
    assert client.post("/register/1/").status_code == 405
    assert client.get(ADD.format("completion")).status_code == 405
    assert client.post(ADD.format("nonsense")).status_code == 404


@pytest.mark.rule("REG-08")
def test_the_receiver_completes_the_line_the_same_day_and_the_customer_is_found_by_it(house, line, sign_in):
    client = sign_in(house.people["A"])
    assert client.get("/register/1/").context["missing"] == ["手机号"]
    response = client.post(ADD.format("completion"), {"phone": "154-0000-0007", "needs": "三室"})
    assert response.status_code == 302
    assert by_phone(house.office, phone(7)) == line.customer
    page = client.get("/register/1/")
    assert page.context["missing"] == []
    assert "154****0007" in page.content.decode()
    assert phone(7) not in page.content.decode()
    line.refresh_from_db()
    assert registers.details_of(line)["name"] == "孙小平"
    assert "phone" not in registers.details_of(line)


@pytest.mark.rule("REG-08")
def test_after_midnight_the_line_is_the_desks_alone(house, line, clock, sign_in):
    clock.move_to("2026-03-03T00:00:00+08:00")
    mine = sign_in(house.people["A"])
    response = mine.post(ADD.format("completion"), {"phone": phone(7)})
    assert response.status_code == 422
    assert "REG-08" in response.content.decode()
    assert RegisterCorrection.objects.count() == 0
    assert sign_in(house.clerk).post(ADD.format("completion"), {"phone": phone(7)}).status_code == 302


@pytest.mark.rule("REG-04")
def test_a_rep_may_not_correct_and_is_told_whom_to_ask(house, line, sign_in):
    client = sign_in(house.people["A"])
    acts = {act["kind"]: act["refusal"] for act in client.get("/register/1/").context["acts"]}
    assert acts["completion"] is None
    assert acts["correction"].rule == "REG-04"
    assert client.post(ADD.format("correction"), {"name": "孙平", "reason": "听错"}).status_code == 422
    assert RegisterCorrection.objects.count() == 0


@pytest.mark.rule("REG-04")
def test_a_correction_stands_beside_the_original_with_author_and_reason(house, line, sign_in):
    client = sign_in(house.clerk)
    assert client.post(ADD.format("correction"), {"name": "孙晓萍", "reason": "写错字"}).status_code == 302
    page = client.get("/register/1/")
    body = page.content.decode()
    assert page.context["name"] == "孙晓萍"
    assert [text in body for text in ("孙小平", "孙晓萍", "写错字", str(house.clerk))] == [True] * 4
    listed = client.get("/register/").context["lines"][0]
    assert listed["name"] == "孙晓萍"
    assert "已更正" in listed["marks"] or "corrected" in listed["marks"]


@pytest.mark.rule("REG-04")
@pytest.mark.parametrize("typed", [{"name": "孙晓萍"}, {"reason": "写错字"}, {"phone": "123", "reason": "写错"}])
def test_a_correction_needs_a_reason_and_something_to_correct(house, line, sign_in, typed):
    response = sign_in(house.clerk).post(ADD.format("correction"), typed)
    assert response.status_code == 422
    assert RegisterCorrection.objects.count() == 0
    for text in typed.values():
        assert text in response.content.decode()


@pytest.mark.rule("REG-04")
def test_completing_overwrites_nothing(house, line, sign_in):
    response = sign_in(house.people["A"]).post(ADD.format("completion"), {"name": "别人"})
    assert response.status_code == 422
    assert RegisterCorrection.objects.count() == 0


@pytest.mark.rule("REG-09")
def test_the_reception_record_is_written_beside_the_line(house, line, sign_in):
    client = sign_in(house.people["A"])
    record = {"shown": "样板间 A1", "summary": "喜欢南向", "intent": "B"}
    assert client.post(ADD.format("record"), record).status_code == 302
    page = client.get("/register/1/")
    assert [entry["entry"].kind for entry in page.context["entries"]] == ["record"]
    assert [text in page.content.decode() for text in record.values()] == [True] * 3


def test_an_erased_line_keeps_its_place_and_offers_nothing_to_add(house, line, sign_in):
    line.customer.key.delete()
    line.customer.tokens.all().delete()
    page = sign_in(house.supervisor).get("/register/1/")
    assert page.status_code == 200
    assert (page.context["acts"], page.context["missing"]) == ([], [])
    assert "孙小平" not in page.content.decode()
    assert sign_in(house.supervisor).get("/register/").context["lines"][0]["marks"] == ""
    assert registers.fault(house.office) is None
