"""Files sealed in their old form, base64 within JSON, open after the migration as they were."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from common import crypto
from exchange import reading
from exchange.models import ExportFile, ExportJob, ExportState, ImportFile
from tests.house import House

migration = import_module("exchange.migrations.0005_files_sealed_as_they_are")
DATA = "编号,姓名\n1,示例".encode()


def as_before(held, data: bytes) -> bytes:
    """A file as it was sealed."""
    text = json.dumps(base64.b64encode(data).decode(), ensure_ascii=False, separators=(",", ":"))
    return crypto.seal(held.key, text, model=type(held).__name__, field="file", subject=str(held.uuid))


@pytest.mark.django_db
def test_exports_and_tables_open_as_they_were():
    house = House("A")
    now = house.at("10:00")
    batch = reading.upload(house.office, kind="register", name="old.csv", data=b"x", by=house.clerk, now=now)
    ImportFile.objects.update(sealed=as_before(batch, DATA))
    job = ExportJob(office=house.office, by=house.clerk, name="register", made_at=now, state=ExportState.DONE)
    job.expires_at = now + timedelta(days=1)
    job.keep_key(crypto.new_data_key())
    job.save()
    ExportFile.objects.create(job=job, sealed=as_before(job, DATA))
    with pytest.raises(crypto.Tampered):
        job.opened_file(job.file.sealed)
    migration.seal_as_they_are(apps, None)
    job.file.refresh_from_db()
    assert job.opened_file(job.file.sealed) == DATA
    assert batch.opened_file(ImportFile.objects.get().sealed) == DATA
