"""Uploaded tables are read in bounds, whatever they hold (REG-10)."""

import subprocess
import sys
import time

import pytest

from common import spreadsheets
from common.errors import RuleError
from tests.exchange.tables import bent, in_sheet, text, xlsx

pytestmark = pytest.mark.rule("REG-10")
CELL = b'<row r="1"><c r="%s"><v>1</v></c></row>'
GOOD = [["姓名", "电话"], ["甲", 15400000001.0], [None, None], ["乙", "154-0000-0002"]]


def read(data, form="xlsx"):
    return list(spreadsheets.rows(data, form))


def refusal(data, form="xlsx"):
    with pytest.raises(RuleError) as told:
        read(data, form)
    assert told.value.rule == "REG-10"
    return str(told.value)


def test_a_workbook_is_read_as_texts():
    assert read(xlsx(GOOD)) == [["姓名", "电话"], ["甲", "15400000001"], [], ["乙", "154-0000-0002"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_a_text_table_is_read_in_the_usual_encodings(encoding, delimiter):
    data = text([["姓名", "电话"], ["甲", "15400000001"]], encoding, delimiter)
    assert read(data, "csv") == [["姓名", "电话"], ["甲", "15400000001"]]


def test_texts_that_look_like_formulas_stay_texts():
    rows = [["姓名"], ["=1+1"], ["+86"], ["@x"]]
    assert read(text(rows), "csv") == rows


@pytest.mark.parametrize(
    ("data", "form", "words"),
    [
        (in_sheet(b'<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>'), "xlsx", "formulas"),
        (in_sheet(b'<row r="1"><c r="A1"><f t="shared" si="0"/></c></row>'), "xlsx", "formulas"),
        (in_sheet(CELL % b"XFD1"), "xlsx", "columns"),
        (in_sheet(CELL % b"A1048576"), "xlsx", "rows"),
        (in_sheet(b"<row>" + b"<c><v>1</v></c>" * 1_000_000 + b"</row>"), "xlsx", "columns"),
        (in_sheet(b'<row r="1048576"><c><v>1</v></c></row>'), "xlsx", "rows"),
        (bent(lambda name, data: b"<!DOCTYPE x>" + data), "xlsx", "definitions"),
        (bent(lambda name, data: b'<!DOCTYPE x [<!ENTITY a "b">]>' + data), "xlsx", "definitions"),
        (bent(lambda name, data: data, add={"xl/vbaProject.bin": b"x"}), "xlsx", "macros"),
        (bent(lambda name, data: data, add={"xl/externalLinks/externalLink1.xml": b"<a/>"}), "xlsx", "macros"),
        (bent(lambda name, data: data, add={"../../etc/x": b"x"}), "xlsx", "damaged"),
        (bent(lambda name, data: data, add={"x": b"\0" * (90 << 20)}), "xlsx", "unpacks"),
        (xlsx(GOOD)[:400], "xlsx", "damaged"),
        (b"PK\x03\x04 not an archive", "xlsx", "damaged"),
        (b"name,phone\n", "xlsx", "does not fit"),
        (xlsx(GOOD), "csv", "does not fit"),
        (xlsx(GOOD), "xls", "does not fit"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "xls", "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "xls", "macros"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "xls", "damaged"),
        (b"a\0b,c\n", "csv", "encoding"),
        (b"\xff\xfe\xfa", "csv", "encoding"),
        (b"x" * 40_000, "csv", "longer"),
        (b"a," * 101 + b"a\n", "csv", "columns"),
        (b"a\n" * 200_030, "csv", "rows"),
    ],
)
def test_a_hostile_file_is_refused_in_words(data, form, words):
    begun = time.monotonic()
    assert words in refusal(data, form)
    assert time.monotonic() - begun < 5


def test_the_reader_stays_within_300_mb(tmp_path):
    sheet = b"<row>" + b"<c><v>1</v></c>" * 90 + b"</row>"
    bomb = tmp_path / "bomb.xlsx"
    bomb.write_bytes(in_sheet(sheet * 150_000))
    probe = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, '-m', 'common.sheet_reader', 'xlsx'], stdin=open(sys.argv[1], 'rb'),"
        " stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    told = subprocess.run([sys.executable, "-c", probe, str(bomb)], capture_output=True, text=True, check=True)
    assert int(told.stdout) < 300 * 1024


@pytest.mark.parametrize(("name", "form"), [("a.xlsx", "xlsx"), ("B.XLS", "xls"), ("c.d.csv", "csv")])
def test_the_name_promises_a_form(name, form):
    assert spreadsheets.form_of(name) == form


@pytest.mark.parametrize("name", ["", "a", "a.exe", "a.xlsm", "xlsx", "a.xlsx.exe"])
def test_other_names_are_refused(name):
    with pytest.raises(RuleError, match=r"\.xlsx, \.xls or \.csv"):
        spreadsheets.form_of(name)


@pytest.mark.parametrize("size", [0, (30 << 20) + 1])
def test_empty_and_huge_files_are_refused_unread(size):
    with pytest.raises(RuleError):
        spreadsheets.check_size(size)
