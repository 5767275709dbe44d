"""Who asks: the session, then the person with the posting held now. Every page begins with these two statements."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.prepared import Prepared

from .models import Posting, User
from .models.people import ACCOUNT

SESSION = Prepared(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), *(str, datetime))
PERSON = Prepared(
    lambda user, on: (
        Posting.objects.holding(on).filter(user=user).select_related("user", "office__policy").order_by("pk")[:1]
    ),
    *(int, date),
)


class Backend(AuthenticationBackend):
    """Signs in as allauth does; whoever is signed in already is asked for together with their posting."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, unless the account is closed."""
        held = PERSON.first(user_id, timezone.localdate())
        person = ACCOUNT.first(user_id) if held is None else held.user
        if person is None or not self.user_can_authenticate(person):
            return None
        person.__dict__["posting"] = held
        return person


class SessionStore(db.SessionStore):
    """Django's sessions in the database, looked up by kept SQL."""

    def _get_session_from_db(self) -> Session | None:
        found = SESSION.first(self.session_key, timezone.now())
        if found is None:
            self._session_key = None
        return found
