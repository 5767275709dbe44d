"""The in-app inbox: each cause once."""

from datetime import timedelta

import pytest
from django.utils.translation import gettext_lazy

from staff import notices
from staff.models import Notice

pytestmark = pytest.mark.django_db


def test_tell_puts_a_notice_once_a_cause(rep, now):
    assert notices.tell(rep, key="lapse:1", text="到期", now=now)
    assert not notices.tell(rep, key="lapse:1", text="到期", now=now + timedelta(days=1))
    assert Notice.objects.get(user=rep).at == now


def test_tell_writes_in_the_language_of_the_reader(rep, now):
    notices.tell(rep, key="a", text=gettext_lazy("Inbox"), now=now)
    assert Notice.objects.get(user=rep).text == "Inbox"


def test_tell_cuts_what_is_too_long(rep, now):
    notices.tell(rep, key="a", text="长" * 400, now=now)
    assert len(Notice.objects.get(user=rep).text) == 300


def test_tell_many_counts_those_who_did_not_know(rep, manager, now):
    notices.tell(rep, key="a", text="一", now=now)
    assert notices.tell_many([rep, manager], key="a", text="一", now=now) == 1


def test_mark_read_keeps_the_first_time(rep, now):
    notices.tell(rep, key="a", text="一", now=now)
    notice = Notice.objects.get(user=rep)
    notices.mark_read(notice, now=now)
    notices.mark_read(notice, now=now + timedelta(hours=1))
    assert Notice.objects.get(user=rep).read_at == now


def test_mark_all_read_leaves_those_of_others(rep, manager, now):
    notices.tell_many([rep, manager], key="a", text="一", now=now)
    assert notices.mark_all_read(rep, now=now) == 1
    assert Notice.objects.unread().get().user == manager
