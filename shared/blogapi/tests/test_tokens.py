"""Tokens: what is signed, what is refused, and where a token is looked for."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.problems import Problem
from blogapi.settings import Settings
from blogapi.tokens import bearer_token, issue_token, read_token, require_token

HS256 = {"alg": "HS256", "typ": "JWT"}


def encode(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def sign(settings: Settings, header: object, claims: object, *, digest: str = "sha256") -> str:
    """Sign whatever is given, as no library would."""
    parts = [encode(part if isinstance(part, bytes) else json.dumps(part).encode()) for part in (header, claims)]
    key = settings.secret_key.get_secret_value().encode()
    signature = hmac.new(key, ".".join(parts).encode(), getattr(hashlib, digest)).digest()
    return ".".join([*parts, encode(signature)])


def claims_of(settings: Settings, **changes: object) -> dict[str, object]:
    """Good claims, but for the changes; None leaves a claim out."""
    now = int(time.time())
    good = {"sub": "7", "iat": now, "exp": now + 60, "iss": settings.jwt_issuer, "aud": settings.jwt_audience}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def expect_refusal(settings: Settings, token: str) -> None:
    with pytest.raises(Problem) as problem:
        read_token(settings, token)
    assert problem.value.code == "invalid_token"


@given(st.integers(1, 2**63 - 1))
def test_a_token_names_the_user_it_was_issued_to(user_id: int) -> None:
    settings = Settings.model_validate({"_env_file": None})
    assert read_token(settings, issue_token(settings, user_id=user_id)) == user_id


def test_a_token_has_the_contracts_claims_and_no_others(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings(token_ttl_seconds=60, jwt_issuer="i", jwt_audience="a")
    before = int(time.time())
    token = issue_token(settings, user_id=7)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert before <= claims["iat"] <= time.time()
    assert claims == {"sub": "7", "iat": claims["iat"], "exp": claims["iat"] + 60, "iss": "i", "aud": "a"}
    assert jwt.get_unverified_header(token) == HS256


def test_a_token_that_is_signed_by_hand_is_read(settings: Settings) -> None:
    assert read_token(settings, sign(settings, HS256, claims_of(settings))) == 7


WRONG_CLAIMS: dict[str, dict[str, object]] = {
    "no-sub": {"sub": None},
    "no-iat": {"iat": None},
    "no-exp": {"exp": None},
    "no-iss": {"iss": None},
    "no-aud": {"aud": None},
    "expired": {"exp": int(time.time()) - 1},
    "expired-long-ago": {"exp": 0},
    "exp-text": {"exp": "tomorrow"},
    "exp-list": {"exp": [2**40]},
    "exp-object": {"exp": {}},
    "exp-infinite": {"exp": float("inf")},
    "iat-later": {"iat": int(time.time()) + 3600},
    "iat-never": {"iat": float("nan")},
    "iat-text": {"iat": "now"},
    "iat-list": {"iat": [1]},
    "nbf-later": {"nbf": int(time.time()) + 3600},
    "nbf-list": {"nbf": [1]},
    "other-iss": {"iss": "somebody-else"},
    "iss-list": {"iss": ["blog-api"]},
    "iss-number": {"iss": 1},
    "other-aud": {"aud": "somebody-else"},
    "aud-list-of-others": {"aud": ["somebody-else"]},
    "aud-empty": {"aud": []},
    "aud-number": {"aud": 1},
    "aud-object": {"aud": {}},
    "sub-number": {"sub": 7},
    "sub-list": {"sub": ["7"]},
    "sub-empty": {"sub": ""},
    "sub-zero": {"sub": "0"},
    "sub-negative": {"sub": "-7"},
    "sub-leading-zero": {"sub": "07"},
    "sub-space": {"sub": " 7"},
    "sub-newline": {"sub": "7\n"},
    "sub-fraction": {"sub": "7.0"},
    "sub-arabic": {"sub": "\u0667"},
    "sub-2^63": {"sub": str(2**63)},
    "sub-long": {"sub": "9" * 5000},
}


@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a_token_with_wrong_claims_is_refused(settings: Settings, changes: dict[str, object]) -> None:
    expect_refusal(settings, sign(settings, HS256, claims_of(settings, **changes)))


@pytest.mark.parametrize("claims", [b"", b"{", b"[]", b"null", b"7", b'"text"', b"[" * 20_000, b"\xff"], ids=range(8))
def test_claims_that_are_no_object_are_refused(settings: Settings, claims: bytes) -> None:
    expect_refusal(settings, sign(settings, HS256, claims))


WRONG_HEADERS: list[object] = [
    {"alg": "none"},
    {"alg": "None"},
    {"alg": "HS512"},
    {"alg": "RS256"},
    {"alg": "hs256"},
    {"alg": ""},
    {"alg": None},
    {"alg": 256},
    {"alg": ["HS256"]},
    {"typ": "JWT"},
    {**HS256, "crit": ["x"]},
    {**HS256, "b64": False},
    {**HS256, "kid": 7},
    [],
    b"",
    b"[" * 20_000,
]


@pytest.mark.parametrize("header", WRONG_HEADERS, ids=range(len(WRONG_HEADERS)))
def test_a_token_of_another_algorithm_or_form_is_refused(settings: Settings, header: object) -> None:
    expect_refusal(settings, sign(settings, header, claims_of(settings)))


def test_an_unsigned_token_is_refused(settings: Settings) -> None:
    token = sign(settings, {"alg": "none"}, claims_of(settings))
    expect_refusal(settings, token.rpartition(".")[0] + ".")
    expect_refusal(settings, sign(settings, HS256, claims_of(settings)).rpartition(".")[0] + ".")


def test_another_key_digest_or_signature_is_refused(settings: Settings, make_settings: Callable[..., Settings]) -> None:
    expect_refusal(settings, issue_token(make_settings(secret_key="x" * 32), user_id=7))
    expect_refusal(settings, sign(settings, HS256, claims_of(settings), digest="sha512"))


def test_a_token_that_was_tampered_with_is_refused(settings: Settings) -> None:
    header, _, signature = sign(settings, HS256, claims_of(settings)).split(".")
    expect_refusal(settings, ".".join([header, encode(json.dumps(claims_of(settings, sub="1")).encode()), signature]))
    expect_refusal(settings, ".".join([encode(b'{"alg": "HS256"}'), signature, signature]))


@given(st.text(max_size=60) | st.lists(st.binary(max_size=30).map(encode), min_size=1, max_size=5).map(".".join))
def test_whatever_is_sent_as_a_token_is_refused(token: str) -> None:
    expect_refusal(Settings.model_validate({"_env_file": None}), token)


def test_a_token_of_another_variant_with_the_same_settings_is_taken(make_settings: Callable[..., Settings]) -> None:
    assert read_token(make_settings(), issue_token(make_settings(), user_id=7)) == 7


@pytest.mark.parametrize("value", ["Bearer abc", "bearer abc", "BEARER abc", " Bearer   abc "])
def test_the_scheme_is_compared_without_case(value: str) -> None:
    assert bearer_token(value) == require_token(value) == "abc"


@pytest.mark.parametrize(
    "value", [None, "", " ", "abc", "Basic YTpi", "Token abc", "Bearerabc", "Bearer:abc", "XBearer abc"]
)
def test_without_the_scheme_there_is_no_token(value: str | None) -> None:
    assert bearer_token(value) is None
    with pytest.raises(Problem) as problem:
        require_token(value)
    assert problem.value.code == "not_authenticated"


@pytest.mark.parametrize("value", ["Bearer", "Bearer ", "bearer   ", "Bearer a b", "Bearer a, Basic b"])
def test_the_scheme_with_nothing_or_too_much_behind_it_is_an_invalid_token(value: str) -> None:
    for read in (bearer_token, require_token):
        with pytest.raises(Problem) as problem:
            read(value)
        assert problem.value.code == "invalid_token"
