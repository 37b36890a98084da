"""Bearer tokens (RFC 6750): JSON Web Tokens signed with HS256 (RFC 7519, RFC 8725), the same in every variant."""

import re
from datetime import timedelta

import jwt

from blogapi import rules
from blogapi.problems import Problem
from blogapi.settings import Settings
from blogapi.timestamps import utc_now

ALGORITHM = "HS256"
# A clock that was set back has just issued tokens in the future, and that of another machine is never quite the same.
CLOCK_STEP_SECONDS = 60
_REQUIRED_CLAIMS = ["sub", "iat", "exp", "iss", "aud"]
_SUBJECT = re.compile(rules.ID_PATTERN)


def issue_token(settings: Settings, *, user_id: int) -> str:
    """Sign a token for the user, good for `TOKEN_TTL_SECONDS`."""
    now = utc_now()
    claims = {
        "sub": str(user_id),
        "iat": now,
        "exp": now + timedelta(seconds=settings.token_ttl_seconds),
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
    }
    return jwt.encode(claims, settings.secret_key.get_secret_value(), algorithm=ALGORITHM)


def read_token(settings: Settings, token: str) -> int:
    """Give the user's id that a token names.

    Raises:
        Problem: `invalid_token`, for whatever reason: what is wrong with it helps only who forged it.
    """
    try:
        claims = jwt.decode(
            token,
            settings.secret_key.get_secret_value(),
            algorithms=[ALGORITHM],
            audience=settings.jwt_audience,
            issuer=settings.jwt_issuer,
            options={"require": _REQUIRED_CLAIMS, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise Problem("invalid_token") from error
    if _SUBJECT.fullmatch(claims["sub"]) is None or not _is_past(claims["iat"]):
        raise Problem("invalid_token")
    return int(claims["sub"])


def _is_past(issued_at: object) -> bool:
    # True is a number to Python, but none in JSON.
    if isinstance(issued_at, bool) or not isinstance(issued_at, int | float):
        return False
    # Written so that NaN is not past.
    return issued_at <= utc_now().timestamp() + CLOCK_STEP_SECONDS


def bearer_token(authorization: str | None) -> str | None:
    """Take the token out of an Authorization header (RFC 6750, 2.1); the scheme's case does not matter.

    Returns:
        The token, or None where the header is absent or of another scheme.

    Raises:
        Problem: `invalid_token`, for the scheme with nothing, or more than one word, behind it.
    """
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer":
        return None
    if not token.strip() or " " in token.strip():
        raise Problem("invalid_token")
    return token.strip()


def require_token(authorization: str | None) -> str:
    """Take the token out of an Authorization header where there must be one.

    Raises:
        Problem: `not_authenticated` or `invalid_token`.
    """
    token = bearer_token(authorization)
    if token is None:
        raise Problem("not_authenticated")
    return token
