"""The envelope around personal data: a data key per customer, sealed texts, digests to find them by.

A random data key seals a customer's texts; a master key of the key ring (KEK) wraps the data key. Whoever destroys the
wrapped data key, or the master key that wrapped it, destroys every copy of the texts, backups included.
"""

import base64
import functools
import hashlib
import hmac
import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12
TAG_BYTES = 16
DATA_KEY_BYTES = 32


class Shredded(Exception):
    """The key was destroyed: the data is gone for good."""


class Tampered(ValueError):
    """The ciphertext or wrapped key is not what was stored here."""


@dataclass(frozen=True, repr=False)
class KeyRing:
    """The master keys and digest keys by id, and which of each is in use for new data."""

    active: str
    kek: dict[str, bytes]
    active_index: str
    index: dict[str, bytes]


@functools.cache
def ring() -> KeyRing:
    """The key ring of the settings, decoded once; ``ring.cache_clear()`` forgets it."""
    keys = settings.KEYS
    return KeyRing(
        active=keys["active"],
        kek={name: base64.b64decode(key) for name, key in keys["kek"].items()},
        active_index=keys["active_index"],
        index={name: base64.b64decode(key) for name, key in keys["index"].items()},
    )


def reset() -> None:
    """Forget the decoded key ring, after the settings changed."""
    ring.cache_clear()


def active_kek() -> str:
    """The id of the master key that wraps new data keys."""
    return ring().active


def active_index() -> str:
    """The id of the key that makes new digests."""
    return ring().active_index


def new_data_key() -> bytes:
    """A random data key of 256 bits for one customer."""
    return os.urandom(DATA_KEY_BYTES)


def wrap(data_key: bytes) -> tuple[str, bytes]:
    """The id of the active master key, and the data key wrapped by it (RFC 3394, 40 bytes)."""
    keys = ring()
    return keys.active, aes_key_wrap(keys.kek[keys.active], data_key)


def unwrap(kek_id: str, wrapped: bytes | memoryview) -> bytes:
    """The data key. Raises Shredded when its master key is gone, Tampered when the wrapping does not hold."""
    kek = ring().kek.get(kek_id)
    if kek is None:
        raise Shredded(f"the master key {kek_id} is gone")
    try:
        return aes_key_unwrap(kek, bytes(wrapped))
    except InvalidUnwrap:
        raise Tampered("a wrapped data key does not open") from None


def rewrap(kek_id: str, wrapped: bytes | memoryview) -> tuple[str, bytes]:
    """The same data key under the active master key: one step of a key rotation. Harmless to repeat."""
    return wrap(unwrap(kek_id, wrapped))


def commitment(data_key: bytes) -> str:
    """A digest of the data key, kept beside its wrapping: AES-GCM alone does not bind a text to one key."""
    return hashlib.sha256(b"data-key-commitment-1\0" + data_key).hexdigest()


def binding(model: str, field: str, subject: str) -> bytes:
    """The associated data that ties a ciphertext to its place; JSON, so that no two places read alike.

    Part by part, since the library keeps its encoder for plain texts alone: a new one costs more than the cipher.
    """
    places = ",".join(map(json.dumps, (model, field, subject)))
    return f"[{VERSION[0]},{places}]".encode()


def seal(data_key: bytes, text: str, *, model: str, field: str, subject: str) -> bytes:
    """Encrypt ``text`` for one field of one customer: version, nonce, AES-256-GCM ciphertext with its tag."""
    return seal_bytes(data_key, text.encode(), model=model, field=field, subject=subject)


def seal_bytes(data_key: bytes, data: bytes, *, model: str, field: str, subject: str) -> bytes:
    """The same for a file."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(data_key).encrypt(nonce, data, binding(model, field, subject))


def unseal(data_key: bytes, blob: bytes | memoryview, *, model: str, field: str, subject: str) -> str:
    """The text sealed for this very place. Raises Tampered for anything else."""
    return unseal_bytes(data_key, blob, model=model, field=field, subject=subject).decode()


def unseal_bytes(data_key: bytes, blob: bytes | memoryview, *, model: str, field: str, subject: str) -> bytes:
    """The same for a file."""
    blob = bytes(blob)
    if blob[:1] != VERSION or len(blob) < len(VERSION) + NONCE_BYTES + TAG_BYTES:
        raise Tampered("unknown form of ciphertext")
    nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    try:
        return AESGCM(data_key).decrypt(nonce, sealed, binding(model, field, subject))
    except InvalidTag:
        raise Tampered(f"a ciphertext of {model}.{field} does not open") from None


def digest(kind: str, value: str) -> bytes:
    """The search token of ``value``: 32 bytes of HMAC-SHA256, a different one for each ``kind``."""
    keys = ring()
    return hmac.digest(keys.index[keys.active_index], kind.encode() + b"\0" + value.encode(), "sha256")
