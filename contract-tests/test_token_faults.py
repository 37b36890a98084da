"""Tokens that must not be accepted (clauses 5.9 and 5.10)."""

import base64
import hashlib
import hmac
import json
import re
import time
from typing import Any

import jwt
import pytest

from answer import Answer, Json
from clauses import clause
from client import Client
from data import Factory, Member
from target import Target

ME = "/api/v1/users/me"
CHALLENGE = re.compile(r'Bearer realm="blog-api", error="invalid_token", error_description="[^"\\]+"')
OTHER_KEY = "another key of at least thirty-two bytes, and then some"


def expect_invalid(answer: Answer) -> None:
    """Hold the answer to a token that is not accepted."""
    answer.expect_problem(401, "invalid_token").expect_headers({"WWW-Authenticate": CHALLENGE})


def encoded(value: bytes | dict[str, Json]) -> str:
    """Encode a part of a token."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims_of(settings: Target, member: Member, **changes: Any) -> dict[str, Json]:
    """The claims that the server would give the member now; a change to None takes a claim away."""
    now = int(time.time())
    claims = {"sub": str(member.id), "iat": now, "exp": now + 600}
    claims |= {"iss": settings.jwt_issuer, "aud": settings.jwt_audience, **changes}
    return {name: value for name, value in claims.items() if value is not None}


def signed(settings: Target, header: dict[str, Json], claims: dict[str, Json]) -> str:
    """Sign any header and claims with HMAC-SHA256 and the server's key."""
    text = f"{encoded(header)}.{encoded(claims)}"
    key = (settings.secret_key or "").encode()
    return f"{text}.{encoded(hmac.new(key, text.encode(), hashlib.sha256).digest())}"


HS256 = {"alg": "HS256", "typ": "JWT"}

MALFORMED = {
    "no-token": "Bearer",
    "one-word": "Bearer abc",
    "three-words": "Bearer a.b.c",
    "two-dots": "Bearer ..",
    "four-parts": "Bearer a.b.c.d",
    "not-base64": "Bearer !!!.???.***",
    "header-no-json": f"Bearer {encoded(b'no json')}.{encoded({})}.{encoded(b'x')}",
    "header-a-list": f"Bearer {encoded(b'[]')}.{encoded({})}.{encoded(b'x')}",
    "not-ascii": "Bearer é".encode("latin-1"),
    "very-long": "Bearer " + "a" * 4_000,
}


@clause("5.9", "1.11")
@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_token_is_refused(anonymous: Client, value: str | bytes) -> None:
    expect_invalid(anonymous.get(ME, headers={"Authorization": value}))


@clause("5.9")
def test_two_words_after_the_scheme_are_refused(anonymous: Client, viewer: Member) -> None:
    expect_invalid(anonymous.get(ME, headers={"Authorization": f"Bearer {viewer.token} {viewer.token}"}))


@clause("5.9")
def test_a_tampered_payload_is_refused(anonymous: Client, viewer: Member, admin: Member) -> None:
    header, payload, signature = viewer.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    forged = encoded({**claims, "sub": str(admin.id)})
    expect_invalid(anonymous.with_token(f"{header}.{forged}.{signature}").get(ME))


@clause("5.9")
def test_a_tampered_signature_is_refused(anonymous: Client, viewer: Member) -> None:
    header, payload, signature = viewer.token.split(".")
    tampered = ("A" if signature[0] != "A" else "B") + signature[1:]
    expect_invalid(anonymous.with_token(f"{header}.{payload}.{tampered}").get(ME))


@clause("5.9")
def test_a_token_without_its_signature_is_refused(anonymous: Client, viewer: Member) -> None:
    header, payload, _ = viewer.token.split(".")
    expect_invalid(anonymous.with_token(f"{header}.{payload}.").get(ME))
    expect_invalid(anonymous.with_token(f"{header}.{payload}").get(ME))


@clause("5.9")
@pytest.mark.parametrize("algorithm", ["none", "None", "NONE"])
def test_a_token_signed_with_nothing_is_refused(
    settings: Target, anonymous: Client, viewer: Member, algorithm: str
) -> None:
    header = {"alg": algorithm, "typ": "JWT"}
    expect_invalid(anonymous.with_token(f"{encoded(header)}.{encoded(claims_of(settings, viewer))}.").get(ME))


@clause("5.9")
def test_a_token_signed_with_another_key_is_refused(settings: Target, anonymous: Client, viewer: Member) -> None:
    forged = jwt.encode(claims_of(settings, viewer), OTHER_KEY, algorithm="HS256")
    expect_invalid(anonymous.with_token(forged).get(ME))


@clause("5.6")
@pytest.mark.forges_tokens
def test_a_token_made_elsewhere_with_the_same_key_is_accepted(
    settings: Target, anonymous: Client, viewer: Member
) -> None:
    token = signed(settings, HS256, claims_of(settings, viewer))
    anonymous.with_token(token).get(ME).expect(200, viewer.user)


@clause("5.9")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_a_token_signed_with_another_hash_is_refused(
    settings: Target, anonymous: Client, viewer: Member, algorithm: str
) -> None:
    forged = jwt.encode(claims_of(settings, viewer), settings.secret_key or "", algorithm=algorithm)
    expect_invalid(anonymous.with_token(forged).get(ME))


@clause("5.9")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("algorithm", ["RS256", "HS512", "none", "hs256", "", None, 256, ["HS256"]], ids=repr)
def test_a_token_that_names_another_algorithm_is_refused(
    settings: Target, anonymous: Client, viewer: Member, algorithm: Json
) -> None:
    forged = signed(settings, {"alg": algorithm, "typ": "JWT"}, claims_of(settings, viewer))
    expect_invalid(anonymous.with_token(forged).get(ME))


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "expired-just-now": {"exp": lambda: int(time.time()) - 2},
    "expired-long-ago": {"exp": 1_000_000_000},
    "exp-a-word": {"exp": "tomorrow"},
    "no-exp": {"exp": None},
    "no-iat": {"iat": None},
    "iat-a-word": {"iat": "yesterday"},
    "iat-true": {"iat": True},
    "iat-two-minutes-ahead": {"iat": lambda: int(time.time()) + 120},
    "no-sub": {"sub": None},
    "no-iss": {"iss": None},
    "no-aud": {"aud": None},
    "other-iss": {"iss": "somebody-else"},
    "other-aud": {"aud": "somebody-else"},
    "empty-aud": {"aud": []},
    "sub-empty": {"sub": ""},
    "sub-a-word": {"sub": "admin"},
    "sub-zero": {"sub": "0"},
    "sub-negative": {"sub": "-1"},
    "sub-a-list": {"sub": ["1"]},
    "sub-too-large": {"sub": str(2**63)},
    "sub-far-too-large": {"sub": "9" * 400},
    "sub-nobody": {"sub": str(2**63 - 1)},
    "sub-nul": {"sub": "1\0"},
}


@clause("5.9", "1.11")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("changes", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS.keys())
def test_a_token_with_wrong_claims_is_refused(
    settings: Target, anonymous: Client, viewer: Member, changes: dict[str, Any]
) -> None:
    claims = claims_of(settings, viewer)
    values = {name: value() if callable(value) else value for name, value in changes.items()}
    claims = {name: value for name, value in {**claims, **values}.items() if value is not None}
    expect_invalid(anonymous.with_token(signed(settings, HS256, claims)).get(ME))


@clause("5.9")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("seconds", [-600, 30, 30.5])
def test_a_token_issued_before_or_a_little_ahead_is_accepted(
    settings: Target, anonymous: Client, viewer: Member, seconds: float
) -> None:
    claims = claims_of(settings, viewer, iat=int(time.time()) + seconds)
    anonymous.with_token(signed(settings, HS256, claims)).get(ME).expect(200, viewer.user)


@clause("5.9")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("spelling", ["{}.0", "0{}", "+{}", " {}", "{} ", "{}\n"], ids=repr)
def test_a_sub_that_only_resembles_an_id_is_refused(
    settings: Target, anonymous: Client, viewer: Member, spelling: str
) -> None:
    claims = claims_of(settings, viewer, sub=spelling.format(viewer.id))
    expect_invalid(anonymous.with_token(signed(settings, HS256, claims)).get(ME))


@clause("5.9")
@pytest.mark.forges_tokens
def test_an_integer_sub_is_refused(settings: Target, anonymous: Client, viewer: Member) -> None:
    claims = claims_of(settings, viewer, sub=viewer.id)
    expect_invalid(anonymous.with_token(signed(settings, HS256, claims)).get(ME))


@clause("5.9")
@pytest.mark.forges_tokens
@pytest.mark.parametrize("claims", [[], "text", 1, None], ids=repr)
def test_claims_that_are_no_object_are_refused(settings: Target, anonymous: Client, claims: Any) -> None:
    expect_invalid(anonymous.with_token(signed(settings, HS256, claims)).get(ME))


NEEDING = {
    "list-users": ("GET", "/api/v1/users"),
    "me": ("GET", ME),
    "read-user": ("GET", "/api/v1/users/1"),
    "put-user": ("PUT", "/api/v1/users/1"),
    "patch-user": ("PATCH", "/api/v1/users/1"),
    "delete-user": ("DELETE", "/api/v1/users/1"),
    "list-articles": ("GET", "/api/v1/articles"),
    "create-article": ("POST", "/api/v1/articles"),
    "read-article": ("GET", "/api/v1/articles/1"),
    "put-article": ("PUT", "/api/v1/articles/1"),
    "patch-article": ("PATCH", "/api/v1/articles/1"),
    "delete-article": ("DELETE", "/api/v1/articles/1"),
}


@clause("5.9", "5.10")
@pytest.mark.parametrize(("method", "path"), NEEDING.values(), ids=NEEDING.keys())
def test_a_bad_token_is_refused_by_each_operation(anonymous: Client, method: str, path: str) -> None:
    expect_invalid(anonymous.with_token("not.a.token").request(method, path))


@clause("5.9", "5.10")
def test_the_token_of_an_inactive_user_is_refused_where_it_is_optional(
    admin: Member, make: Factory, published: dict[str, Json]
) -> None:
    member = make.member()
    member.get("/api/v1/articles?limit=1").expect(200)
    admin.patch(member.path, {"is_active": False}).expect(200)
    expect_invalid(member.get("/api/v1/articles?limit=1"))
    expect_invalid(member.get(f"/api/v1/articles/{published['id']}"))
