"""The migration that writes down what was ticked before consents were rows."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from customers.models import Consent, Customer
from tests.house import phone

fill = importlib.import_module("customers.migrations.0006_consents_given_before").fill


@pytest.mark.rule("PRIV-01")
def test_each_customer_who_agreed_gets_one_row_by_the_channel_of_the_first_line(house):
    visit = house.visit("09:10", phone=phone(1)).customer
    call = house.call("09:20", "A", phone=phone(2)).customer
    lead = house.web("09:30", phone=phone(3)).customer
    house.visit("09:40", phone=phone(4))
    known = house.call("09:50", "B", phone=phone(5), consent=True).customer
    Customer.objects.filter(pk__in=[visit.pk, call.pk, lead.pk]).update(consent=True)
    for _again in range(2):
        fill(apps, None)
    rows = Consent.objects.order_by("customer").values_list("customer", "purpose", "given", "wording", "channel")
    assert list(rows) == [
        (visit.pk, "messages", True, "arrival-1", "desk"),
        (call.pk, "messages", True, "arrival-1", "phone"),
        (lead.pk, "messages", True, "arrival-1", "web"),
        (known.pk, "messages", True, "arrival-1", "phone"),
    ]
    assert set(Consent.objects.values_list("at", flat=True)) == {house.at(f"09:{n}0") for n in (1, 2, 3, 5)}
