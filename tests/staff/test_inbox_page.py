"""The in-app inbox and the bell."""

import pytest
from django.urls import reverse
from django.utils import timezone

from staff import notices
from staff.models import Notice
from tests.markup import HTMX

pytestmark = pytest.mark.django_db


def tell(user, key="a", text="客户马芳今天到期", link=""):
    notices.tell(user, key=key, text=text, link=link, now=timezone.now())
    return Notice.objects.get(user=user, key=key)


def test_inbox_shows_ones_own_notices_newest_first(as_rep, rep, manager):
    tell(rep, "a", "第一条")
    tell(rep, "b", "第二条")
    tell(manager, "c", "别人的消息")
    page = as_rep.get(reverse("inbox"))
    assert [notice.text for notice in page.context["page"].rows] == ["第二条", "第一条"]
    assert "别人的消息" not in page.content.decode()


def test_inbox_without_notices_says_so(as_rep):
    assert "Nothing here yet" in as_rep.get(reverse("inbox")).content.decode()


def test_inbox_is_paged(as_rep, rep):
    for n in range(31):
        tell(rep, f"k{n}", f"消息{n}")
    first = as_rep.get(reverse("inbox"))
    assert len(first.context["page"].rows) == 30
    second = as_rep.get(reverse("inbox"), {"cursor": first.context["page"].next_cursor})
    assert [notice.text for notice in second.context["page"].rows] == ["消息0"]


def test_inbox_part_is_given_to_htmx(as_rep, rep):
    tell(rep)
    part = as_rep.get(reverse("inbox"), headers=HTMX).content.decode()
    assert "客户马芳今天到期" in part
    assert "<html" not in part


def test_opening_marks_as_read_and_goes_there(as_rep, rep):
    notice = tell(rep, link="/staff/")
    answer = as_rep.post(reverse("inbox_open", args=[notice.pk]))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/staff/")
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_opening_never_leaves_the_product(as_rep, rep):
    notice = tell(rep, link="https://example.com/")
    assert as_rep.post(reverse("inbox_open", args=[notice.pk])).headers["Location"] == reverse("inbox")


def test_opening_another_persons_notice_is_not_found(as_rep, manager):
    notice = tell(manager)
    assert as_rep.post(reverse("inbox_open", args=[notice.pk])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_read_all_marks_ones_own_only(as_rep, rep, manager):
    tell(rep)
    tell(manager)
    as_rep.post(reverse("inbox_read_all"))
    assert Notice.objects.unread().get().user == manager


def test_bell_counts_the_unread(as_rep, rep):
    assert as_rep.get(reverse("inbox_unread")).content.decode().strip() == ""
    tell(rep)
    assert "1 unread" in as_rep.get(reverse("inbox_unread")).content.decode()


def test_wrong_methods_are_refused(as_rep, rep):
    notice = tell(rep)
    assert as_rep.get(reverse("inbox_open", args=[notice.pk])).status_code == 405
    assert as_rep.get(reverse("inbox_read_all")).status_code == 405
    assert as_rep.post(reverse("inbox")).status_code == 405
    assert as_rep.post(reverse("inbox_unread")).status_code == 405
