"""Text that is kept as ciphertext under the customer's own key (PRIV-02)."""

from __future__ import annotations

from typing import Any

from common import crypto


class SealedText:
    """An attribute of a model row whose text lives, encrypted, in the binary column named ``column``.

    The row has a ``customer``; its data key opens the text. After erasure the text reads as empty.
    """

    def __init__(self, column: str) -> None:
        self.column = column

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, row: Any, owner: type | None = None) -> str:
        blob = getattr(row, self.column)
        key, subject = self.under(row) if blob else (None, "")
        if key is None:
            return ""
        return crypto.unseal(key, bytes(blob), model=type(row).__name__, field=self.name, subject=subject)

    def __set__(self, row: Any, text: str) -> None:
        if not text:
            setattr(row, self.column, b"")
            return
        key, subject = self.under(row)
        assert key is not None
        sealed = crypto.seal(key, text, model=type(row).__name__, field=self.name, subject=subject)
        setattr(row, self.column, sealed)

    def under(self, row: Any) -> tuple[bytes | None, str]:
        """The key that opens the text, None once it is destroyed; and the uuid of whose it is."""
        return row.customer.data_key, str(row.customer.uuid)
