"""Telling people what they should know: each cause once, into the in-app inbox."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from .models import Notice, User

LONGEST = Notice._meta.get_field("text").max_length


BATCH = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice to be put, unless its cause was told before. ``text`` may be a lazy translation."""

    user: User
    key: str
    text: object
    link: str = ""


def put(drafts: Iterable[Draft], *, now: datetime) -> int:
    """Put many notices of different causes, each once however often this runs; how many were new."""
    wanted = {(draft.user.pk, draft.key): draft for draft in drafts}
    known: set[tuple[int, str]] = set()
    keys = sorted({key for _user, key in wanted})
    for n in range(0, len(keys), BATCH):
        known |= set(Notice.objects.filter(key__in=keys[n : n + BATCH]).values_list("user_id", "key"))
    fresh = [_made(draft, now) for about, draft in wanted.items() if about not in known]
    Notice.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    return len(fresh)


def _made(draft: Draft, now: datetime) -> Notice:
    with translation.override(draft.user.language or settings.LANGUAGE_CODE):
        words = str(draft.text)[:LONGEST]
    return Notice(user=draft.user, key=draft.key, text=words, link=draft.link, at=now)


def tell(user: User, *, key: str, text: object, now: datetime, link: str = "") -> bool:
    """Put a notice into the person's inbox; False if this cause was told before.

    ``text`` may be a lazy translation: it is put down in the reader's language, not in the writer's.
    """
    with translation.override(user.language or settings.LANGUAGE_CODE):
        words = str(text)[:LONGEST]
    _notice, new = Notice.objects.get_or_create(user=user, key=key, defaults={"text": words, "link": link, "at": now})
    return new


def tell_many(users: Iterable[User], *, key: str, text: object, now: datetime, link: str = "") -> int:
    """Tell several people the same; the count of those who had not been told before."""
    with transaction.atomic():
        return sum(tell(user, key=key, text=text, link=link, now=now) for user in users)


def mark_read(notice: Notice, *, now: datetime) -> None:
    """Note when the person read it first; reading again changes nothing."""
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])


def mark_all_read(user: User, *, now: datetime) -> int:
    """Mark everything unread as read; the count."""
    return Notice.objects.visible_to(user).unread().update(read_at=now)
