"""The chain of digests that makes a register tamper-evident (REG-05). Pure; the stand-alone verifier repeats it.

A line's digest covers the digest before it, every public field, and ``commit``: an HMAC of the personal data under a
random value that is kept inside the ciphertext. Erasing the customer's key destroys that value with the data, yet the
chain still verifies; one line can be disclosed and proven by handing over its data with the random value.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """JSON in one spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def stamp(moment: datetime) -> str:
    """A time as the chain writes it: UTC with microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def sealed_details(details: Mapping[str, Any]) -> tuple[str, str]:
    """(JSON text to encrypt, commitment) for the personal data of a line; the text carries the random value."""
    salt = secrets.token_hex(32)
    text = canonical({**details, "r": salt}).decode()
    return text, commitment(details, salt)


def commitment(details: Mapping[str, Any], salt: str) -> str:
    """The commitment to ``details`` (without ``r``) under the hexadecimal ``salt``."""
    return hmac.new(bytes.fromhex(salt), canonical(dict(details)), hashlib.sha256).hexdigest()


def digest(prev: str, public: Mapping[str, Any]) -> str:
    """The digest of one entry: the one before it and its public fields, ``commit`` among them."""
    return hashlib.sha256(canonical([1, prev, dict(public)])).hexdigest()


def first_fault(
    entries: Iterable[tuple[int, str, str, Mapping[str, Any]]], *, last: int, head: str
) -> tuple[int, str] | None:
    """The first bad entry as (number, what is wrong), or None when the chain is whole.

    ``entries``: (number, prev, digest, public fields) in order; ``last`` and ``head``: number and digest that the
    counter row says the chain ends with, so that a cut-off tail shows.
    """
    before, expected = GENESIS, 1
    for number, prev, claimed, public in entries:
        if number != expected:
            return expected, "missing"
        if prev != before:
            return number, "does not follow the one before it"
        if digest(prev, public) != claimed:
            return number, "was altered"
        before, expected = claimed, expected + 1
    if expected - 1 != last:
        return (expected, "missing") if expected <= last else (last + 1, "beyond the counter")
    return None if before == head else (last, "is not the last one written")
