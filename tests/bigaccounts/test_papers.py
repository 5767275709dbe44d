"""Files: type by content, size, name; sealed on disk; for those alone who see the prices; filing with finance (BULK-07)."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from bigaccounts import filing, paper_kinds, papers, watching
from bigaccounts.models import Paper, Purpose
from common.crypto import Tampered
from common.errors import RuleError
from staff.models import AccessLog, Notice

PDF, JPEG, PNG = b"%PDF-1.7\n", b"\xff\xd8\xff\xe0rest", b"\x89PNG\r\n\x1a\nrest"


def office_file(*parts: str) -> bytes:
    """A ZIP with these parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return made.getvalue()


DOCX = office_file("[Content_Types].xml", "word/document.xml")
XLSX = office_file("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.rule("BULK-07")
@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("合同.pdf", PDF, "pdf"),
        ("合同.PDF", PDF, "pdf"),
        ("照片.jpg", JPEG, "jpg"),
        ("照片.jpeg", JPEG, "jpg"),
        ("图.png", PNG, "png"),
        ("合同.docx", DOCX, "docx"),
        ("名单.xlsx", XLSX, "xlsx"),
    ],
)
def test_a_file_is_what_its_content_says(name, content, kind):
    assert paper_kinds.kind_of(name, content) == kind


@pytest.mark.rule("BULK-07")
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("空.pdf", b""),
        ("大.pdf", PDF + b"x" * paper_kinds.MOST_BYTES),
        ("程序.exe", b"MZ"),
        ("程序.pdf", b"MZ\x90"),
        ("图.png", PDF),
        ("网页.pdf", b"<html><script>1</script>"),
        ("图.svg", b"<svg/>"),
        ("合同.docx", XLSX),
        ("合同.docx", office_file("a.txt")),
        ("宏.docx", office_file("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("坏.docx", b"PK\x03\x04" + b"\0" * 50),
        ("合同", PDF),
        (".pdf", PDF),
        ("合同.pdf.exe", PDF),
        ("../../etc/合同.pdf", PDF),
        ("a\\b.pdf", PDF),
        ("a\x00b.pdf", PDF),
        ("gnp\u202efdp.pdf", PDF),
        ("a\r\nSet-Cookie: x.pdf", PDF),
        ('a"b.pdf', PDF),
        ("长" * 120 + ".pdf", PDF),
    ],
)
def test_anything_else_is_refused_in_words(name, content):
    with pytest.raises(RuleError) as refused:
        paper_kinds.kind_of(name, content)
    assert refused.value.rule == "BULK-07"


@pytest.mark.rule("BULK-07")
def test_a_bomb_is_not_unpacked():
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        archive.writestr("word/document.xml", b"\0" * (paper_kinds.MOST_UNPACKED + 1))
    with pytest.raises(RuleError):
        paper_kinds.kind_of("合同.docx", made.getvalue())


@pytest.mark.rule("BULK-07")
@pytest.mark.rule("BULK-11")
def test_on_disk_a_file_is_ciphertext_under_a_name_that_tells_nothing(trade, store):
    case = trade.signed()
    paper = trade.attach(case, Purpose.CONTRACT, content=PDF + "七折甲壬".encode())
    (place,) = [path for path in store.rglob("*") if path.is_file()]
    assert place.name == paper.place.hex
    assert place.stat().st_mode & 0o077 == 0
    assert "七折甲壬".encode() not in place.read_bytes()
    assert papers.content_of(paper).endswith("七折甲壬".encode())


def test_a_file_that_was_altered_or_moved_does_not_open(trade, store):
    case = trade.signed()
    one, two = trade.attach(case, Purpose.CONTRACT), trade.attach(case, Purpose.OTHER, content=PDF + b"2")
    papers.path_of(one).write_bytes(papers.path_of(two).read_bytes())
    with pytest.raises(Tampered):
        papers.content_of(one)
    papers.path_of(two).unlink()
    with pytest.raises(RuleError) as refused:
        papers.content_of(two)
    assert refused.value.rule == "BULK-07"


def test_what_is_refused_leaves_nothing(trade, store):
    case = trade.signed()
    with pytest.raises(RuleError):
        trade.attach(case, Purpose.CONTRACT, name="坏.exe")
    with pytest.raises(RuleError):
        papers.attach(case, by=trade.keeper, now=trade.now, purpose="other", name="a.pdf", content=PDF)
    assert not Paper.objects.exists()
    assert [path for path in store.rglob("*") if path.is_file()] == []


@pytest.mark.rule("BULK-11")
@pytest.mark.rule("ACC-05")
def test_a_download_is_logged_and_refused_to_those_without_business(trade):
    case = trade.signed()
    paper = trade.attach(case, Purpose.CONTRACT)
    for by in (trade.other_supervisor, trade.finance, trade.hq, trade.people["A"], trade.keeper):
        with pytest.raises(RuleError) as refused:
            papers.download(paper, by=by, now=trade.now)
        assert refused.value.rule == "BULK-11"
    assert not AccessLog.objects.exists()
    for by in (trade.supervisor, trade.manager, trade.branch_manager, trade.clerk):
        papers.download(paper, by=by, now=trade.now)
    assert AccessLog.objects.filter(action="downloaded", subject=f"bulk-paper:{paper.pk}").count() == 4


@pytest.mark.rule("BULK-07")
def test_a_contract_is_filed_with_its_papers_and_acknowledged_by_finance(trade):
    case = trade.signed("4")
    for purpose in (None, Purpose.CONTRACT):
        if purpose:
            trade.attach(case, purpose)
        with pytest.raises(RuleError) as refused:
            filing.file(case, by=trade.supervisor, now=trade.now)
        assert refused.value.rule == "BULK-07"
    trade.attach(case, Purpose.APPROVAL)
    filing.file(case, by=trade.clerk, now=trade.now)
    case = trade.fresh(case)
    assert case.state == "filed"
    assert Notice.objects.filter(user=trade.finance, key=f"bulk:{case.pk}:filed").count() == 1
    for by in (trade.supervisor, trade.manager, trade.clerk, trade.branch_manager):
        with pytest.raises(RuleError):
            filing.acknowledge(case, by=by, now=trade.now)
    filing.acknowledge(case, by=trade.finance, now=trade.now)
    with pytest.raises(RuleError):
        filing.acknowledge(case, by=trade.finance, now=trade.now)
    assert trade.fresh(case).state == "acknowledged"


@pytest.mark.rule("BULK-07")
def test_without_a_discount_no_approval_document_is_asked_for(trade):
    from bigaccounts import contracts

    case = trade.negotiating()
    contracts.draft(case, by=trade.supervisor, now=trade.now, **trade.parts("0"))
    contracts.sign(trade.fresh(case), by=trade.supervisor, now=trade.now)
    trade.attach(case, Purpose.CONTRACT)
    filing.file(trade.fresh(case), by=trade.supervisor, now=trade.now)


@pytest.mark.rule("BULK-07")
def test_three_days_without_filing_are_flagged_once(trade):
    case = trade.signed()
    late = []
    for _day in range(5):
        late.append(filing.is_late(case, now=trade.at("23:59")))
        watching.remind(now=trade.at("23:59"))
        watching.remind(now=trade.at("23:59"))
        trade.sleep()
    assert late == [False] * 4 + [True]
    told = Notice.objects.filter(key=f"bulk:{case.pk}:late")
    assert {one.user for one in told} == {trade.supervisor, trade.manager, trade.clerk}
    assert told.count() == 3


@pytest.mark.rule("BULK-04")
def test_a_quiet_negotiation_is_told_once_a_silence(trade):
    case = trade.negotiating()
    trade.sleep(8)
    assert (watching.remind(now=trade.now), watching.remind(now=trade.now)) == (2, 0)
    told = Notice.objects.filter(key__contains=":quiet:")
    assert {one.user for one in told} == {trade.supervisor, trade.branch_manager}
    assert "云栖大学" not in told.first().text
    from bigaccounts import journal

    journal.report(case, by=trade.supervisor, now=trade.now, text="谈")
    assert watching.remind(now=trade.now) == 0
