"""Passwords are kept by Argon2id with the office's costs."""

from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from common.passwords import OfficeArgon2Hasher

HASHER = "common.passwords.OfficeArgon2Hasher"


def test_password_is_hashed_with_the_office_costs(settings):
    settings.PASSWORD_HASHERS = [HASHER]
    kept = make_password("晨会九点正开始")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("晨会九点正开始", kept)
    assert not check_password("晨会九点正开始 ", kept)


def test_hash_of_other_costs_is_renewed(settings):
    settings.PASSWORD_HASHERS = [HASHER]

    class Cheaper(OfficeArgon2Hasher):
        time_cost = 1

    kept = Cheaper().encode("x" * 12, "s" * 22)
    assert identify_hasher(kept).must_update(kept)
    assert not OfficeArgon2Hasher().must_update(make_password("x" * 12))
