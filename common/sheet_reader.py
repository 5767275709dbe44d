"""Read one uploaded table in a process of its own: ``python -m common.sheet_reader xlsx|xls|csv < FILE``.

A stranger's file may be a bomb. Whoever reads it does so here, under limits of memory and time that end this process
and nothing else. One JSON list of texts a line goes to standard output; a refusal is ``{"refused": code}`` and exit 2.
The codes are put into words by ``common.spreadsheets``. Nothing of ours is imported.
"""

import csv
import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

MEGA = 1 << 20
MOST_UNPACKED, MOST_RATIO, MOST_PARTS = 400 * MEGA, 200, 400
MOST_ROWS, MOST_COLUMNS, MOST_CELL = 200_000, 100, 32_767
MEMORY, SECONDS = 300 * MEGA, 60
FORBIDDEN_PARTS = ("vbaProject", "externalLinks", "embeddings", "activeX", "ctrlProps", "macrosheets", "customUI")
MARKS = re.compile(
    rb'<!DOCTYPE|<!ENTITY|<f[ >/]|<c [^>]*?r="([A-Z]{1,7})([0-9]{1,9})"|<col |<row [^>]*?r="([0-9]{1,9})"'
)
WORD_OF_MARK = {b"<!DOCTYPE": "entities", b"<!ENTITY": "entities"}
WORKBOOK = re.compile(r"xl/workbook\d*\.xml", re.I)
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
VBA = "_VBA_PROJECT".encode("utf-16-le")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Refused(Exception):
    """The file is not read; ``args[0]`` is the code of the reason."""


def limit() -> None:
    """Bound this process: what a genuine table of the greatest size needs, and no more."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def check_workbook(data: bytes) -> None:
    """Refuse a workbook by its container alone: bombs, entities, macros, links, formulas, absurd sizes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            check_parts(parts)
            budget = min(MOST_UNPACKED, MOST_RATIO * max(len(data), MEGA // 4))
            for part in parts:
                budget = check_part(archive, part, budget)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        raise Refused("damaged") from None


def check_parts(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse what is no workbook of Excel, too many parts, two of one name, paths that lead out, macros and links."""
    names = [part.filename for part in parts]
    if not any(WORKBOOK.fullmatch(name) for name in names):
        raise Refused("form")
    if len(names) > MOST_PARTS or len(set(names)) != len(names):
        raise Refused("damaged")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise Refused("damaged")
    for name in names:
        if name.startswith("/") or ".." in name.split("/") or "\\" in name:
            raise Refused("damaged")
        if any(mark in name for mark in FORBIDDEN_PARTS):
            raise Refused("macros")


def check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, budget: int) -> int:
    """Unpack one part without keeping it and look for what is refused; what is left of the budget of bytes.

    Sizes in the directory of an archive can lie: real bytes are counted, and reading stops early.
    """
    sheet = part.filename.startswith("xl/worksheets/")
    xml = part.filename.endswith((".xml", ".rels"))
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(MEGA // 4):
            budget -= len(block)
            if budget < 0:
                raise Refused("bomb")
            if xml:
                check_marks(tail + block, sheet=sheet)
                tail = block[-200:]
    return budget


def check_marks(text: bytes, *, sheet: bool) -> None:
    """Refuse entities anywhere; in a sheet also formulas and cells beyond the greatest row and column."""
    for found in MARKS.finditer(text):
        word = found[0]
        if word in WORD_OF_MARK:
            raise Refused("entities")
        if not sheet:
            continue
        if word.startswith(b"<f"):
            raise Refused("formulas")
        if found[1] and (column_number(found[1]) > MOST_COLUMNS):
            raise Refused("columns")
        if int(found[2] or found[3] or 0) > MOST_ROWS + 20:
            raise Refused("rows")


def column_number(letters: bytes) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def workbook_rows(data: bytes) -> Iterator[list[Any]]:
    """The rows of the first sheet that has any."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            if sheet.height:
                yield from ([None] * sheet.start[1] + row for row in sheet.iter_rows())  # type: ignore[index]
                return
    except (CalamineError, OSError, ValueError):
        raise Refused("damaged") from None


def csv_rows(data: bytes) -> Iterator[list[Any]]:
    """The rows of a text table in UTF-8, UTF-16 with its mark, or the encoding of Chinese Windows."""
    text = decoded(data)
    if "\0" in text:
        raise Refused("encoding")
    head = text[:8192].splitlines()[:5]
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in head))
    csv.field_size_limit(MOST_CELL * 4)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise Refused("damaged") from None


def decoded(data: bytes) -> str:
    """The text of ``data``; Refused when no usual encoding fits."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("encoding")


def plain(value: Any) -> str:
    """One cell as text: whole numbers without a point, dates in ISO form, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    text = str(value)
    if len(text) > MOST_CELL:
        raise Refused("cell")
    return "".join(mark for mark in text if mark >= " " or mark in "\t\n").strip()


def checked_rows(rows: Iterator[list[Any]]) -> Iterator[list[str]]:
    """The rows as texts, each of bounded width, of bounded number."""
    for number, row in enumerate(rows):
        if number >= MOST_ROWS + 20:
            raise Refused("rows")
        while row and row[-1] in (None, ""):
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise Refused("columns")
        yield [plain(value) for value in row]


def rows_of(data: bytes, form: str) -> Iterator[list[str]]:
    """All rows of the file, whose first bytes must fit its name."""
    if form == "csv":
        if data.startswith((OLE, ZIP)):
            raise Refused("form")
        return checked_rows(csv_rows(data))
    if form == "xlsx" and data.startswith(ZIP):
        check_workbook(data)
    elif data.startswith(OLE):
        if ENCRYPTED in data:
            raise Refused("encrypted")
        if form != "xls":
            raise Refused("form")
        if VBA in data:
            raise Refused("macros")
    else:
        raise Refused("form")
    return checked_rows(workbook_rows(data))


def main(arguments: list[str]) -> int:
    """Write the rows, or the refusal, to standard output."""
    limit()
    out = sys.stdout
    try:
        for row in rows_of(sys.stdin.buffer.read(), arguments[0]):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    except Refused as refusal:
        out.write(json.dumps({"refused": refusal.args[0]}) + "\n")
        return 2
    except MemoryError:
        out.write('{"refused": "bomb"}\n')
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
