"""The envelope: what opens, what must not, and what is gone when a key is gone."""

import base64
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import crypto
from common.crypto import Shredded, Tampered, seal, unseal
from common.keyfile import new_key

PLACE = {"model": "customers.person", "field": "name", "subject": "6f1c"}
KEY = crypto.new_data_key()
texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def keys(settings):
    """The key document of the settings, free to be changed; ``crypto.reset()`` makes a change felt."""
    settings.KEYS = copy.deepcopy(settings.KEYS)
    crypto.reset()
    yield settings.KEYS
    crypto.reset()


def add_master_key(keys: dict, name: str) -> None:
    keys["kek"][name] = new_key()
    keys["active"] = name
    crypto.reset()


@given(texts)
def test_any_text_opens_where_it_was_sealed(text):
    assert unseal(KEY, seal(KEY, text, **PLACE), **PLACE) == text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8))
def test_ciphertext_does_not_hold_the_text(text):
    assert text.encode() not in seal(KEY, text, **PLACE)


def test_same_text_seals_differently_each_time():
    assert seal(KEY, "王小明", **PLACE) != seal(KEY, "王小明", **PLACE)


def test_ciphertext_has_version_nonce_and_tag():
    blob = seal(KEY, "王小明", **PLACE)
    assert blob[0] == 1
    assert len(blob) == 1 + 12 + len("王小明".encode()) + 16


def test_memoryview_from_a_database_opens():
    assert unseal(KEY, memoryview(seal(KEY, "王小明", **PLACE)), **PLACE) == "王小明"


@given(st.dictionaries(st.sampled_from(sorted(PLACE)), st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_ciphertext_opens_in_no_other_place(change):
    other = {**PLACE, **change}
    if other == PLACE:
        return
    with pytest.raises(Tampered):
        unseal(KEY, seal(KEY, "王小明", **PLACE), **other)


def test_places_whose_parts_join_alike_differ():
    blob = seal(KEY, "x", model="a", field='b","c', subject="d")
    with pytest.raises(Tampered):
        unseal(KEY, blob, model='a","b', field="c", subject="d")


@given(st.data())
def test_any_changed_bit_is_noticed(data):
    blob = bytearray(seal(KEY, "王小明", **PLACE))
    blob[data.draw(st.integers(0, len(blob) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Tampered):
        unseal(KEY, bytes(blob), **PLACE)


@given(st.integers(0, 37))
def test_any_cut_is_noticed(length):
    with pytest.raises(Tampered):
        unseal(KEY, seal(KEY, "王小明", **PLACE)[:length], **PLACE)


@given(st.binary(max_size=60))
def test_foreign_bytes_never_open(blob):
    with pytest.raises(Tampered):
        unseal(KEY, blob, **PLACE)


def test_another_key_opens_nothing():
    with pytest.raises(Tampered):
        unseal(crypto.new_data_key(), seal(KEY, "王小明", **PLACE), **PLACE)


def test_complaint_about_a_ciphertext_names_neither_text_nor_person():
    with pytest.raises(Tampered) as refused:
        unseal(crypto.new_data_key(), seal(KEY, "王小明", **PLACE), **PLACE)
    assert str(refused.value) == "a ciphertext of customers.person.name does not open"


def test_data_keys_are_random_and_256_bits():
    made = {crypto.new_data_key() for _ in range(50)}
    assert len(made) == 50
    assert {len(key) for key in made} == {32}


def test_wrapped_key_unwraps_under_the_active_master_key():
    kek, wrapped = crypto.wrap(KEY)
    assert kek == crypto.active_kek()
    assert len(wrapped) == 40
    assert KEY not in wrapped
    assert crypto.unwrap(kek, memoryview(wrapped)) == KEY


@given(st.integers(0, 39), st.integers(0, 7))
def test_changed_wrapping_is_noticed(place, bit):
    kek, wrapped = crypto.wrap(KEY)
    changed = bytearray(wrapped)
    changed[place] ^= 1 << bit
    with pytest.raises(Tampered):
        crypto.unwrap(kek, bytes(changed))


@pytest.mark.parametrize("wrapped", [b"", b"x", bytes(39), bytes(41)])
def test_wrapping_of_a_wrong_length_is_noticed(wrapped):
    with pytest.raises(Tampered):
        crypto.unwrap(crypto.active_kek(), wrapped)


def test_destroyed_master_key_takes_the_data_with_it(keys):
    kek, wrapped = crypto.wrap(KEY)
    add_master_key(keys, "k2")
    assert crypto.unwrap(kek, wrapped) == KEY
    del keys["kek"][kek]
    crypto.reset()
    with pytest.raises(Shredded):
        crypto.unwrap(kek, wrapped)


def test_rewrapped_key_survives_the_old_master_key(keys):
    old, wrapped = crypto.wrap(KEY)
    add_master_key(keys, "k2")
    new, again = crypto.rewrap(old, wrapped)
    assert new == crypto.active_kek() == "k2"
    assert crypto.rewrap(new, again) == (new, again)
    del keys["kek"][old]
    crypto.reset()
    assert crypto.unwrap(new, again) == KEY


def test_commitment_tells_keys_apart_and_does_not_hold_the_key():
    assert crypto.commitment(KEY) == crypto.commitment(bytes(KEY))
    assert crypto.commitment(KEY) != crypto.commitment(crypto.new_data_key())
    assert len(crypto.commitment(KEY)) == 64
    assert KEY.hex() not in crypto.commitment(KEY)


def test_digest_is_equal_for_equal_values_and_32_bytes():
    assert crypto.digest("phone", "15400000001") == crypto.digest("phone", "15400000001")
    assert len(crypto.digest("phone", "15400000001")) == 32


@pytest.mark.parametrize("other", [("phone", "15400000002"), ("last4", "15400000001"), ("phon", "e\00015400000001")])
def test_digest_differs_by_kind_and_value(other):
    assert crypto.digest("phone", "15400000001") != crypto.digest(*other)


def test_digest_depends_on_the_active_index_key_alone(keys):
    before = crypto.digest("phone", "15400000001")
    add_master_key(keys, "k2")
    assert crypto.digest("phone", "15400000001") == before
    keys["index"]["i2"] = new_key()
    keys["active_index"] = "i2"
    crypto.reset()
    assert crypto.active_index() == "i2"
    assert crypto.digest("phone", "15400000001") != before


def test_key_ring_shows_no_key_when_printed():
    ring = crypto.ring()
    secrets = [*ring.kek.values(), *ring.index.values()]
    assert not any(base64.b64encode(key).decode() in repr(ring) or repr(key) in repr(ring) for key in secrets)


def test_digest_of_a_known_key_is_hmac_sha256(keys):
    keys["index"] = {"i1": base64.b64encode(bytes(range(32))).decode()}
    keys["active_index"] = "i1"
    crypto.reset()
    known = "3792299d12b5dd90158f0cb88fce2cf235d23d0a7ae59052df64f2e93f589e9a"
    assert crypto.digest("phone", "15400000001").hex() == known


@given(st.text(), st.text(), st.text())
def test_a_place_is_spelt_as_a_json_list_so_that_no_two_read_alike(model, field, subject):
    spelt = crypto.binding(model, field, subject)
    assert spelt == json.dumps([1, model, field, subject], separators=(",", ":")).encode()
    assert json.loads(spelt) == [1, model, field, subject]


def test_a_file_is_sealed_as_it_is_and_opens_for_its_place_alone():
    key, data, place = crypto.new_data_key(), bytes(range(256)), {"model": "M", "field": "f", "subject": "s"}
    blob = crypto.seal_bytes(key, data, **place)
    assert data not in blob
    assert len(blob) == len(data) + 1 + crypto.NONCE_BYTES + crypto.TAG_BYTES
    assert crypto.unseal_bytes(key, memoryview(blob), **place) == data
    for wrong in ({"model": "N"}, {"field": "g"}, {"subject": "t"}):
        with pytest.raises(Tampered):
            crypto.unseal_bytes(key, blob, **{**place, **wrong})
