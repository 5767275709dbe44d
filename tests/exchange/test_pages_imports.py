"""The pages on which tables are brought in (REG-10)."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from customers.models import RegisterLine
from exchange import batches
from exchange.kinds.table import KINDS
from exchange.models import BatchState, ImportBatch
from staff.roles import Role
from tests.exchange.tables import text, xlsx
from tests.house import House, phone
from tests.markup import HTMX

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REG-10")]
ROWS = [["日期", "姓名", "电话", "接待人"], ["2026-02-20", "甲", phone(1), "A"], ["?", "乙", phone(2), "A"]]


@pytest.fixture
def old(db, clock):
    house = House("ABC")
    house.manager = house.hire("manager", Role.MARKETING_MANAGER)
    house.manager.language = "en"
    house.manager.save()
    return house


@pytest.fixture
def client(old, sign_in):
    return sign_in(old.manager)


def upload(client, data=None, name="old.xlsx", kind="register"):
    file = SimpleUploadedFile(name, xlsx(ROWS) if data is None else data)
    return client.post("/imports/", {"kind": kind, "file": file})


def checked(client):
    upload(client)
    batch = ImportBatch.objects.get()
    client.post(f"/imports/{batch.pk}/check/", {"day": "0", "name": "1", "phone": "2", "receiver": "3"})
    batch.refresh_from_db()
    return batch


def test_a_table_goes_in_from_upload_to_register(client):
    response = upload(client)
    batch = ImportBatch.objects.get()
    assert (response.status_code, response.url) == (302, f"/imports/{batch.pk}/")
    page = client.get(response.url).content.decode()
    assert "First rows of the file" in page
    assert '<option value="1" selected>2. 姓名</option>' in page
    batch = checked_again = checked_of(client, batch)
    assert (checked_again.state, batch.bad, batch.good) == (BatchState.CHECKED, 1, 1)
    assert "No such day: write it as 2026-03-01" in client.get(response.url).content.decode()
    client.post(f"/imports/{batch.pk}/start/", {"set_aside": "yes"})
    assert RegisterLine.objects.get().receiver.name == "A"
    assert "Take in" not in client.get(response.url).content.decode()


def checked_of(client, batch):
    client.post(f"/imports/{batch.pk}/check/", {"day": "0", "name": "1", "phone": "2", "receiver": "3"})
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("old.pdf", b"x", "ends in .xlsx, .xls or .csv"),
        ("old.csv", b"", "The file is empty"),
        ("old.csv", b"x" * ((30 << 20) + 1), "at most 30 MB"),
    ],
)
def test_a_wrong_file_is_refused_on_the_form(client, name, data, words):
    response = upload(client, data, name)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not ImportBatch.objects.exists()


def test_without_a_file_the_form_says_so(client):
    response = client.post("/imports/", {"kind": "register"})
    assert response.status_code == 422
    assert "Choose: File" in response.content.decode() or "Enter: File" in response.content.decode()


def test_a_damaged_file_is_explained_on_its_page(client):
    response = upload(client, xlsx(ROWS)[:200])
    page = client.get(response.url).content.decode()
    assert "The file is damaged" in page
    assert "dropped" in page


def test_columns_that_do_not_do_are_refused_with_everything_kept(client):
    upload(client)
    batch = ImportBatch.objects.get()
    response = client.post(f"/imports/{batch.pk}/check/", {"name": "1", "phone": "1"}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "one thing only" in page
    assert page.count('<option value="1" selected>') == 2


def test_rows_to_mend_come_as_a_file_with_reasons(client):
    batch = checked(client)
    response = client.get(f"/imports/{batch.pk}/to-mend/")
    sheet = load_workbook(io.BytesIO(response.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[2] == [3, "Day No such day: write it as 2026-03-01", "?", "乙", phone(2), "A"]
    assert "attachment" in response.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", ["register", "follow_ups", "units"])
def test_a_template_is_recognised_when_it_comes_back(client, kind):
    response = client.get(f"/imports/template/{kind}/")
    data = response.content
    book = load_workbook(io.BytesIO(data))
    book.worksheets[0].append(["1"] * 14)
    out = io.BytesIO()
    book.save(out)
    upload(client, out.getvalue(), kind=kind)
    batch = ImportBatch.objects.get()
    assert set(batch.mapping) == {column.name for column in KINDS[kind].COLUMNS}


def test_an_unknown_template_leads_back(client):
    assert client.get("/imports/template/x/").status_code == 302


def test_the_clerk_is_offered_no_price_list(old, sign_in):
    assert "房源与价目表" not in sign_in(old.clerk).get("/imports/").content.decode()


def test_a_rep_is_refused_and_another_office_finds_nothing(client, old, sign_in):
    batch = checked(client)
    other = House("XY")
    manager = other.hire("other", Role.MARKETING_MANAGER)
    assert sign_in(old.people["A"]).get("/imports/").status_code == 403
    assert sign_in(manager).get(f"/imports/{batch.pk}/").status_code == 404
    assert "old.xlsx" not in sign_in(manager).get("/imports/").content.decode()


def test_the_page_works_while_it_is_looked_at(client, monkeypatch):
    monkeypatch.setattr(batches, "CHUNK", 2)
    rows = [ROWS[0], *(["2026-02-20", "甲", phone(n), "A"] for n in range(1, 12))]
    upload(client, text(rows), "a.csv")
    batch = checked(client) if not ImportBatch.objects.exists() else checked_of(client, ImportBatch.objects.get())
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert (batch.state, "4 of 11 rows checked" in page) == (BatchState.CHECKING, True)
    assert f'hx-post="/imports/{batch.pk}/work/"' in page
    for _n in range(4):
        part = client.post(f"/imports/{batch.pk}/work/", headers=HTMX).content.decode()
    assert "Take in 11 rows" in part
    assert client.post(f"/imports/{batch.pk}/work/").status_code == 302


def test_dropping_says_so_and_a_done_import_cannot_be_dropped(client):
    batch = checked(client)
    assert "nothing of it was taken in" in client.post(f"/imports/{batch.pk}/drop/", follow=True).content.decode()
    again = client.post(f"/imports/{batch.pk}/drop/", follow=True).content.decode()
    assert "it cannot be dropped now (REG-10)" in again
    assert client.post(f"/imports/{batch.pk}/check/", {}).status_code == 302


def test_starting_twice_is_refused_in_words(client):
    batch = checked(client)
    client.post(f"/imports/{batch.pk}/start/", {"set_aside": "yes"})
    page = client.post(f"/imports/{batch.pk}/start/", {"set_aside": "yes"}, follow=True).content.decode()
    assert "No row is left to take in (REG-10)" in page
    assert RegisterLine.objects.count() == 1


def test_the_queries_of_a_page_do_not_grow_with_its_rows(client, django_assert_max_num_queries):
    counts = []
    for rows in (1, 30):
        upload(client, text([ROWS[0], *(["?", "甲", phone(n), "A"] for n in range(rows))]), "a.csv")
        batch = checked_of(client, ImportBatch.objects.latest("pk"))
        with django_assert_max_num_queries(12) as counted:
            client.get(f"/imports/{batch.pk}/")
        counts.append(len(counted))
    assert counts[0] == counts[1]
