"""Passwords: the cost that the settings ask for, and the same work for an account that does not exist."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from argon2.low_level import Type

from blogapi import passwords
from blogapi.passwords import hash_password, password_hasher, verify_password
from blogapi.settings import Settings


def test_a_password_fits_its_own_hash_only(settings: Settings) -> None:
    password_hash = hash_password(settings, "correct horse")
    assert verify_password(settings, password_hash=password_hash, password="correct horse")
    for other in ("Correct horse", "correct horse ", "correct hors", "", "correct horse\0"):
        assert not verify_password(settings, password_hash=password_hash, password=other)


@pytest.mark.parametrize("password", ["é" * 8, "e\u0301" * 8, "😀" * 128, "        ", "\u00a0" * 8])
def test_a_password_is_taken_as_it_is(settings: Settings, password: str) -> None:
    assert verify_password(settings, password_hash=hash_password(settings, password), password=password)


def test_the_same_text_in_another_normal_form_is_another_password(settings: Settings) -> None:
    password_hash = hash_password(settings, "\u00e9" * 8)
    assert not verify_password(settings, password_hash=password_hash, password="e\u0301" * 8)


def test_two_hashes_of_one_password_differ_by_their_salt(settings: Settings) -> None:
    assert hash_password(settings, "correct horse") != hash_password(settings, "correct horse")


@pytest.mark.parametrize(("memory", "time", "lanes"), [(8, 1, 1), (64, 3, 1), (32, 2, 4)])
def test_the_cost_of_the_settings_is_in_the_hash(
    make_settings: Callable[..., Settings], memory: int, time: int, lanes: int
) -> None:
    settings = make_settings(argon2_memory_kib=memory, argon2_time_cost=time, argon2_parallelism=lanes)
    assert hash_password(settings, "correct horse").startswith(f"$argon2id$v=19$m={memory},t={time},p={lanes}$")


def test_the_default_cost_is_what_owasp_asks_for() -> None:
    hasher = password_hasher(Settings.model_validate({"_env_file": None}))
    assert (hasher.type, hasher.memory_cost, hasher.time_cost, hasher.parallelism) == (Type.ID, 19 * 1024, 2, 1)


def test_an_unknown_user_costs_the_same_verification(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    known = hash_password(settings, "correct horse")
    verify_password(settings, password_hash=None, password="warm up")
    original = PasswordHasher.verify

    def verify(hasher: PasswordHasher, password_hash: str, password: str) -> bool:
        assert hasher is password_hasher(settings)
        verified.append(password_hash)
        return bool(original(hasher, password_hash, password))

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    monkeypatch.setattr(PasswordHasher, "hash", lambda *_: pytest.fail("hashed once more"))
    assert not verify_password(settings, password_hash=known, password="wrong horse")
    assert not verify_password(settings, password_hash=None, password="wrong horse")
    parameters = [password_hash.rpartition("$")[0].rpartition("$")[0] for password_hash in verified]
    assert parameters == ["$argon2id$v=19$m=8,t=1,p=1"] * 2


def test_nobody_logs_in_as_the_unknown_user(settings: Settings) -> None:
    assert not verify_password(settings, password_hash=None, password=passwords._NOBODYS_PASSWORD)


@pytest.mark.parametrize("password_hash", ["", "no hash", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$", "$2b$12$abc"])
def test_a_hash_that_is_none_fits_nothing(settings: Settings, password_hash: str) -> None:
    assert not verify_password(settings, password_hash=password_hash, password="correct horse")
