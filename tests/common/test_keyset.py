"""Pages by key: every row once, in order, there and back, whatever the cursor says and whoever writes meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from common.keyset import page
from staff.models import Notice, User
from tests.factories import UserFactory

BEGIN = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
ORDERS = [("-id",), ("id",), ("-at", "-id"), ("at", "id"), ("-at", "id"), ("at", "-text", "id"), ("text", "-at", "-id")]


def notices(user, seconds: list[int]) -> None:
    """One notice per entry, so many seconds after the beginning: equal entries make equal times."""
    Notice.objects.bulk_create(
        Notice(user=user, key=f"k{number}", text=str(second % 3), at=BEGIN + timedelta(seconds=second))
        for number, second in enumerate(seconds)
    )


def walk(order: tuple[str, ...], size: int, way: str = "next_cursor", cursor: str | None = None) -> list[list[int]]:
    """The ids of all pages from the cursor on."""
    pages = []
    while True:
        current = page(Notice.objects.all(), order=order, cursor=cursor, size=size)
        pages.append([row.pk for row in current.rows])
        if (cursor := getattr(current, way)) is None:
            return pages


class EveryRowOnce(TestCase):
    """Property: the pages laid end to end are the ordered list, forward and backward."""

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 4), max_size=12), st.sampled_from(ORDERS), st.integers(1, 5))
    def test_pages_laid_end_to_end_are_the_list(self, seconds, order, size):
        notices(UserFactory(), seconds)
        expected = list(Notice.objects.order_by(*order).values_list("pk", flat=True))
        pages = walk(order, size)
        assert [pk for rows in pages for pk in rows] == expected
        assert [len(rows) for rows in pages[:-1]] == [size] * (len(pages) - 1)
        cursor = None
        for _ in pages[1:]:
            cursor = page(Notice.objects.all(), order=order, cursor=cursor, size=size).next_cursor
        assert walk(order, size, "prev_cursor", cursor) == pages[::-1]


@pytest.fixture
def ten(db):
    user = UserFactory()
    notices(user, list(range(10)))
    return user


def test_first_page_has_no_page_before_and_last_none_after(ten):
    rows = Notice.objects.all()
    first = page(rows, order=("at", "id"), size=6)
    last = page(rows, order=("at", "id"), size=6, cursor=first.next_cursor)
    assert (len(first.rows), first.prev_cursor) == (6, None)
    assert (len(last.rows), last.next_cursor) == (4, None)
    assert page(rows, order=("at", "id"), size=6, cursor=last.prev_cursor) == first


def test_list_that_fits_has_neighbours_nowhere(ten):
    only = page(Notice.objects.all(), order=("-id",), size=10)
    assert (len(only.rows), only.next_cursor, only.prev_cursor) == (10, None, None)


def test_empty_list_is_an_empty_page(db):
    assert page(Notice.objects.all(), order=("-id",)).rows == []


def test_each_page_is_one_query_of_one_row_more(ten, django_assert_num_queries):
    rows, order = Notice.objects.all(), ("-at", "-id")
    with django_assert_num_queries(1) as first:
        current = page(rows, order=order, size=3)
    assert "LIMIT 4" in first[0]["sql"]
    with django_assert_num_queries(1):
        current = page(rows, order=order, size=3, cursor=current.next_cursor)
    with django_assert_num_queries(1):
        page(rows, order=order, size=3, cursor=current.prev_cursor)


def test_new_row_at_the_top_moves_nothing(ten):
    rows, order = Notice.objects.all(), ("-id",)
    first = page(rows, order=order, size=4)
    before = page(rows, order=order, size=4, cursor=first.next_cursor)
    Notice.objects.create(user=ten, key="new", text="", at=BEGIN)
    assert page(rows, order=order, size=4, cursor=first.next_cursor).rows == before.rows


def test_page_before_that_lost_rows_is_the_full_first_page(ten):
    rows, order = Notice.objects.all(), ("id",)
    second = page(rows, order=order, size=4, cursor=page(rows, order=order, size=4).next_cursor)
    Notice.objects.filter(pk__in=[row.pk for row in rows.order_by("id")[:2]]).delete()
    assert page(rows, order=order, size=4, cursor=second.prev_cursor) == page(rows, order=order, size=4)


def test_page_after_that_lost_all_rows_is_the_first_page(ten):
    rows, order = Notice.objects.all(), ("id",)
    cursor = page(rows, order=order, size=4).next_cursor
    Notice.objects.filter(pk__in=[row.pk for row in rows.order_by("id")[4:]]).delete()
    assert page(rows, order=order, size=4, cursor=cursor) == page(rows, order=order, size=4)


def test_rows_may_be_dicts(ten):
    rows, order = Notice.objects.values("id", "at", "key"), ("-at", "-id")
    first = page(rows, order=order, size=7)
    second = page(rows, order=order, size=7, cursor=first.next_cursor)
    assert [row["key"] for row in first.rows + second.rows] == [f"k{number}" for number in range(9, -1, -1)]


def test_filter_of_the_queryset_holds_on_every_page(ten):
    notices(UserFactory(), list(range(10)))
    rows, order = Notice.objects.filter(user=ten), ("-at", "-id")
    second = page(rows, order=order, size=6, cursor=page(rows, order=order, size=6).next_cursor)
    assert {row.user_id for row in second.rows} == {ten.pk}
    assert len(second.rows) == 4


@pytest.mark.parametrize("cursor", ["", "x", "e30:x", "\x00", "王", ":", "a" * 100_000, "WyJmIiwxXQ:WyJmIiwxXQ"])
def test_cursor_that_is_not_ours_gives_the_first_page(ten, cursor):
    rows = Notice.objects.all()
    assert page(rows, order=("-id",), cursor=cursor, size=4) == page(rows, order=("-id",), size=4)


@pytest.mark.parametrize("content", [["f"], ["f", "x"], ["f", 1, 2], ["z", 1], [], {}, 7, None, "f"])
def test_signed_cursor_of_an_older_form_gives_the_first_page(ten, content):
    rows = Notice.objects.all()
    cursor = Signer(salt="keyset:staff.Notice:-id").sign_object(content)
    assert page(rows, order=("-id",), cursor=cursor, size=4) == page(rows, order=("-id",), size=4)


def test_cursor_of_another_order_or_list_gives_the_first_page(ten):
    rows = Notice.objects.all()
    cursor = page(rows, order=("-id",), size=4).next_cursor
    assert page(rows, order=("id",), cursor=cursor, size=4) == page(rows, order=("id",), size=4)
    assert page(User.objects.all(), order=("-id",), cursor=cursor) == page(User.objects.all(), order=("-id",))


def test_bound_on_the_first_column_lets_an_index_begin_at_the_page(ten, django_assert_num_queries):
    rows, order = Notice.objects.filter(user=ten), ("-at", "-id")
    cursor = page(rows, order=order, size=3).next_cursor
    with django_assert_num_queries(1) as asked:
        page(rows, order=order, size=3, cursor=cursor)
    assert asked[0]["sql"].count('"at" <= ') == 1
