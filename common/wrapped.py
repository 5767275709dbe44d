"""A data key of a row's own, wrapped by the master ring: the two columns that ``rotate_keys`` turns (PRIV-02)."""

from __future__ import annotations

from django.db import models

from . import crypto
from .fields import BytesField


class Wrapped(models.Model):
    """Whoever empties the columns destroys the key, and with it what it sealed."""

    kek = models.CharField(max_length=40)
    wrapped = BytesField()

    class Meta:
        abstract = True

    def keep_key(self, key: bytes) -> None:
        """Wrap a key by the active master key; the caller saves."""
        self.kek, self.wrapped = crypto.wrap(key)

    def open_key(self) -> bytes | None:
        """The key; None once it was destroyed."""
        return crypto.unwrap(self.kek, bytes(self.wrapped)) if self.kek else None

    def destroy_key(self) -> None:
        """Nothing opens what it sealed any more, once the caller has saved."""
        self.kek, self.wrapped = "", b""
