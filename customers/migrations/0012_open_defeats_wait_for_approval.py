"""Defeats asked for before there were approvals get theirs: at the step where they stand."""

from django.db import migrations

STEPS = ["clerk", "marketing_manager"]


def ask(apps, schema_editor):
    """One waiting request for each open defeat that has none, with the entries of what was done so far."""
    defeats = apps.get_model("customers", "DefeatRequest").objects.filter(state__in=["requested", "confirmed"])
    requests = apps.get_model("staff", "ApprovalRequest").objects
    entries = apps.get_model("staff", "ApprovalEntry").objects
    for asked in defeats.select_related("customer"):
        subject, step = f"customers.defeat:{asked.pk}", int(asked.state == "confirmed")
        if requests.filter(subject=subject).exists():
            continue
        request = requests.create(
            kind="customers.defeat",
            subject=subject,
            rule="LOST-04",
            office_id=asked.customer.office_id,
            title=f"战败 {asked.number}",
            url=f"/customers/{asked.customer_id}/defeat/",
            steps=STEPS,
            step=step,
            waiting_role=STEPS[step],
            tells=False,
            opened_by_id=asked.rep_id,
            kept_by_id=asked.rep_id,
            opened_at=asked.requested_at,
        )
        told = {"ground": asked.ground, "level": asked.level, "days_held": asked.days_held, "warned": asked.warned}
        entries.create(
            request=request, position=0, decision="open", by_id=asked.rep_id, at=asked.requested_at, snapshot=told
        )
        if step:
            done = {"role": "clerk", "held": "clerk", "by_id": asked.confirmed_by_id, "at": asked.confirmed_at}
            entries.create(request=request, position=1, decision="approve", **done)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0011_customer_records"),
        ("staff", "0006_requests_are_handed_over"),
    ]
    operations = [migrations.RunPython(ask, migrations.RunPython.noop)]
