"""Pages of bulk cases: who sees what, forms that keep what was typed, parts for htmx, constant cost."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bigaccounts import climb, flipping, journal, prospects, watching
from bigaccounts.models import Case, Paper
from customers import leaving
from staff.models import AccessLog, ApprovalRequest, Notice
from tests.markup import HTMX

from .conftest import PDF


def act(trade, client, case, name, **said):
    return client.post(f"/bulk/{case.pk}/do/{name}/", said)


@pytest.mark.rule("BULK-01")
def test_a_rep_writes_a_prospect_down_and_sees_theirs_alone(trade, sign_in):
    client = sign_in(trade.people["A"])
    said = {"name": "云栖大学", "kind": "institution", "units": "11", "contacts": "张处长"}
    answer = client.post("/bulk/new/", said)
    case = Case.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/bulk/{case.pk}/")
    assert "张处长" in client.get(answer.url).content.decode()
    other = sign_in(trade.people["B"])
    assert "云栖大学" not in other.get("/bulk/").content.decode()
    assert other.get(answer.url).status_code == 404


@pytest.mark.rule("BULK-03")
def test_a_prospect_of_a_rep_is_planned_by_whichever_supervisor_opens_it(trade, sign_in):
    case = trade.opened(by=trade.people["A"])
    assert case.supervisor is None
    rep, lead = sign_in(trade.people["A"]), sign_in(trade.supervisor)
    assert f'href="/bulk/{case.pk}/plan/"' not in rep.get(f"/bulk/{case.pk}/").content.decode()
    page = lead.get(f"/bulk/{case.pk}/").content.decode()
    assert f'href="/bulk/{case.pk}/plan/"' in page
    assert f'href="/bulk/{case.pk}/discount/"' not in page
    assert f'action="/bulk/{case.pk}/do/plan/"' in lead.get(f"/bulk/{case.pk}/plan/").content.decode()
    act(trade, lead, case, "plan", units="12", percent="8", terms="团购方案")
    assert trade.fresh(case).supervisor == trade.supervisor


@pytest.mark.rule("BULK-02")
@pytest.mark.parametrize("units", ["0", "10", "1000000"])
def test_ten_units_are_refused_on_the_page_with_everything_kept(trade, sign_in, units):
    client = sign_in(trade.supervisor)
    for headers in ({}, HTMX):
        answer = client.post(
            "/bulk/new/", {"name": "云栖大学", "kind": "body", "units": units, "contacts": "张处长"}, headers=headers
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert [one for one in ("BULK-02", "云栖大学", "张处长", f'value="{units}"') if one not in page] == []
    assert not Case.objects.exists()


@pytest.mark.rule("BULK-03")
@pytest.mark.rule("BULK-05")
@pytest.mark.rule("BULK-06")
@pytest.mark.rule("BULK-07")
@pytest.mark.rule("BULK-10")
def test_a_case_goes_from_prospect_to_formalities_in_the_browser(trade, sign_in):
    lead, branch, hq, finance, clerk = map(
        sign_in, (trade.supervisor, trade.branch_manager, trade.hq, trade.finance, trade.clerk)
    )
    case = trade.opened()
    act(trade, lead, case, "plan", units="12", percent="8", terms="团购方案")
    assert hq.get(f"/bulk/{case.pk}/").status_code == 404
    act(trade, branch, case, "plan_approve")
    act(trade, lead, case, "report", text="对方有意")
    act(trade, lead, case, "ask", percent="8", units="12", reason="集体购房")
    waiting = ApprovalRequest.objects.get(kind="bulk.discount")
    page = branch.get(f"/approvals/{waiting.pk}/").content.decode()
    assert [one for one in ("云栖大学", "集体购房") if one not in page] == []
    branch.post(f"/approvals/{waiting.pk}/decide/", {"decision": "approve", "step": "0", "reason": "同意"})
    act(trade, hq, case, "decide", decision="approve", reason="同意")
    assert trade.fresh(case).state == "approved"
    codes = " ".join(unit.code for unit in trade.units(12))
    draft = {
        "buyers": "云栖大学\n王小平，1234",
        "units": codes,
        "way": "分期",
        "instalments": "2026-04-01 5,000,000",
        "percent": "8",
    }
    act(trade, lead, case, "draft", **draft)
    page = lead.get(f"/bulk/{case.pk}/contract/").content.decode()
    assert "特殊约定事项" in page
    assert f'action="/bulk/{case.pk}/do/sign/"' not in page
    act(trade, lead, case, "draft", **draft, special="无")
    act(trade, lead, case, "sign")
    assert trade.fresh(case).state == "signed"
    for purpose in ("contract", "approval"):
        lead.post(f"/bulk/{case.pk}/do/attach/", {"purpose": purpose, "file": SimpleUploadedFile("合同.pdf", PDF)})
    assert finance.get(f"/bulk/{case.pk}/files/").status_code == 404
    act(trade, lead, case, "file")
    page = finance.get(f"/bulk/{case.pk}/files/").content.decode()
    assert "合同.pdf" in page
    act(trade, finance, case, "acknowledge")
    assert trade.fresh(case).state == "acknowledged"
    trade.sign_in("A")
    buyer = trade.customer(trade.call("11:00", "A", name="王小平", phone="15400000001"))
    unit = trade.units(1)[0].pk
    answer = act(trade, clerk, case, "take", customer=buyer.number, unit=unit, price="919999")
    assert (answer.status_code, "BULK-10" in answer.content.decode()) == (422, True)
    act(trade, clerk, case, "take", customer=buyer.number, unit=unit, price="920,000")
    page = clerk.get(f"/bulk/{case.pk}/execution/").content.decode()
    assert "1 / 12" in page
    deal = trade.people["A"].deals.get()
    assert "920,000" not in sign_in(trade.people["A"]).get(f"/deals/{deal.pk}/").content.decode()


@pytest.mark.rule("BULK-11")
def test_prices_are_not_on_the_page_of_a_rep_nor_of_a_supervisor_of_other_cases(trade, sign_in):
    case = trade.signed("7.3519")
    for who in (trade.other_supervisor, trade.keeper, trade.supervisor):
        pages = [
            sign_in(who).get(f"/bulk/{case.pk}/{tab}")
            for tab in ("", "plan/", "discount/", "contract/", "files/", "execution/")
        ]
        bodies = "".join(page.content.decode() for page in pages)
        assert ("7.3519" in bodies, "926,481.00" in bodies, "王小平" in bodies) == ((who == trade.supervisor,) * 3)


@pytest.mark.rule("BULK-11")
def test_a_discount_is_tested_without_leaving_a_trace(trade, sign_in):
    client = sign_in(trade.people["A"])
    for percent, role in (("3", "分公司经理"), ("8", "总公司"), ("12", "董事长")):
        page = client.post("/bulk/test/", {"percent": percent})
        assert role in page.content.decode()
    for percent in ("0", "-1", "100", "5.00001", "x", ""):
        assert client.post("/bulk/test/", {"percent": percent}).status_code == 422
    assert not ApprovalRequest.objects.exists()


@pytest.mark.rule("BULK-05")
def test_a_decision_on_a_changed_request_is_refused_in_words(trade, sign_in):
    case = trade.negotiating()
    climb.ask(case, by=trade.supervisor, now=trade.now, percent="8")
    branch = sign_in(trade.branch_manager)
    page = branch.get(f"/bulk/{case.pk}/discount/").content.decode()
    (step,) = [line.split('value="')[1].split('"')[0] for line in page.split("<input") if 'name="step"' in line]
    climb.ask(trade.fresh(case), by=trade.supervisor, now=trade.now, percent="9")
    answer = act(trade, branch, case, "decide", decision="approve", step=step, reason="同意")
    assert (answer.status_code, "BULK-05" in answer.content.decode()) == (422, True)
    assert trade.fresh(case).asks.get(state="open").number == 2


@pytest.mark.rule("BULK-07")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b""),
        ("程序.pdf", b"MZ"),
        ("程序.exe", b"MZ"),
        ("大.pdf", PDF + b"x" * 20 * 1024**2),
    ],
)
def test_a_file_that_is_not_taken_is_refused_in_words(trade, sign_in, name, content):
    case = trade.signed()
    client = sign_in(trade.supervisor)
    answer = client.post(
        f"/bulk/{case.pk}/do/attach/", {"purpose": "contract", "file": SimpleUploadedFile(name, content)}
    )
    assert (answer.status_code, "BULK-07" in answer.content.decode()) == (422, True)
    assert not Paper.objects.exists()


@pytest.mark.rule("BULK-07")
def test_fifty_megabytes_are_refused_unread(trade, sign_in):
    case = trade.signed()
    client = sign_in(trade.supervisor)
    answer = client.post(
        f"/bulk/{case.pk}/do/attach/",
        {"purpose": "contract", "file": SimpleUploadedFile("大.pdf", PDF + b"x" * 50 * 1024**2)},
    )
    assert answer.status_code == 413


@pytest.mark.rule("BULK-07")
@pytest.mark.rule("ACC-05")
def test_a_file_is_saved_never_shown_and_logged(trade, sign_in):
    case = trade.signed()
    paper = trade.attach(case, "contract", name="合同 (终稿).pdf")
    answer = sign_in(trade.clerk).get(f"/bulk/{case.pk}/files/{paper.pk}/")
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert AccessLog.objects.get().user == trade.clerk
    assert sign_in(trade.other_supervisor).get(f"/bulk/{case.pk}/files/{paper.pk}/").status_code == 403
    assert sign_in(trade.people["A"]).get(f"/bulk/{case.pk}/files/{paper.pk}/").status_code == 404
    other = trade.opened()
    assert sign_in(trade.clerk).get(f"/bulk/{other.pk}/files/{paper.pk}/").status_code == 404


@pytest.mark.rule("BULK-04")
@pytest.mark.rule("BULK-10")
def test_what_is_flagged_is_found_in_the_list(trade, sign_in, clock):
    quiet, signed, _new = trade.negotiating(name="安静单位"), trade.signed(), trade.opened(name="新近单位")
    flipping.freeze(signed, by=trade.clerk, now=trade.now, reason="疑")
    clock.move_to("2026-03-10T12:00:00+08:00")
    page = sign_in(trade.branch_manager).get("/bulk/?state=flagged").content.decode()
    assert ("安静单位" in page, "云栖大学" in page, "新近单位" in page) == (True, True, False)
    trade.sleep(8)
    journal.report(quiet, by=trade.supervisor, now=trade.now, text="谈")
    page = sign_in(trade.branch_manager).get("/bulk/?state=flagged", headers=HTMX).content.decode()
    assert ("安静单位" in page, "<html" in page) == (False, False)


@pytest.mark.rule("BULK-03")
@pytest.mark.rule("HAND-01")
def test_a_case_whose_supervisor_has_left_is_flagged_and_told_to_the_manager(trade, sign_in):
    case, kept = trade.opened(name="留下的单位"), trade.opened(name="另一单位")
    prospects.hand_over(kept, to=trade.other_supervisor, by=trade.manager, now=trade.now)
    Notice.objects.all().delete()
    leaving.close_account(trade.supervisor, by=trade.manager, now=trade.now)
    page = sign_in(trade.manager).get("/bulk/?state=flagged").content.decode()
    assert ("留下的单位" in page, "主管已离岗" in page, "另一单位" in page) == (True, True, False)
    for _again in range(2):
        watching.remind(now=trade.now, office=trade.office)
    assert [one.user for one in Notice.objects.filter(key__startswith=f"bulk:{case.pk}:left")] == [trade.manager]
    prospects.hand_over(case, to=trade.other_supervisor, by=trade.manager, now=trade.now)
    assert "留下的单位" not in sign_in(trade.manager).get("/bulk/?state=flagged").content.decode()


def test_pages_cost_the_same_for_one_case_and_for_many(trade, sign_in):
    client, case, counts = sign_in(trade.supervisor), trade.signed(), []
    client.get("/bulk/")
    for more in (0, 3):
        for n in range(more):
            trade.opened(name=f"单位{n}")
            journal_case = trade.negotiating(name=f"谈判{n}")
            journal.report(journal_case, by=trade.supervisor, now=trade.now, text="谈")
        with CaptureQueriesContext(connection) as caught:
            client.get("/bulk/")
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 8
    costs = []
    for tab in ("", "plan/", "discount/", "contract/", "files/", "execution/"):
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/bulk/{case.pk}/{tab}")
        costs.append(len(caught))
    for purpose in ("contract", "approval", "other"):
        trade.attach(case, purpose)
    again = []
    for tab in ("", "plan/", "discount/", "contract/", "files/", "execution/"):
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/bulk/{case.pk}/{tab}")
        again.append(len(caught))
    assert again == costs
    assert max(costs) <= 45


def test_wrong_methods_and_unknown_parts(trade, sign_in):
    client, case = sign_in(trade.supervisor), trade.opened()
    assert client.get(f"/bulk/{case.pk}/do/plan/").status_code == 405
    assert client.post(f"/bulk/{case.pk}/").status_code == 405
    assert client.get(f"/bulk/{case.pk}/nothing/").status_code == 404
    assert client.post(f"/bulk/{case.pk}/do/nothing/").status_code == 404
    part = client.get(f"/bulk/{case.pk}/plan/", headers=HTMX).content.decode()
    assert "<html" not in part
