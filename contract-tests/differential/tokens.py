"""Tokens that no server gave: signed here with the servers' own key, or wrong in one way each (clause 5.9)."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

TTL_SECONDS = 86_400
HS256 = {"alg": "HS256", "typ": "JWT"}
MISSING_USER = 10**12


def forged(key: str, user_id: int) -> str:
    """A good token for a user, made as a server would."""
    return _signed(key, HS256, _claims(user_id))


def wrong_tokens(key: str, user_id: int) -> dict[str, str]:
    """Tokens of a user that none may accept, by a name that says why."""
    good = _claims(user_id)
    header, claims, signature = forged(key, user_id).split(".")
    other = _signed(key, HS256, _claims(user_id + 1)).split(".")[1]
    absent = {f"no_{name}": {key: value for key, value in good.items() if key != name} for name in good}
    made = {name: _signed(key, HS256, {**good, **change}) for name, change in _changes(user_id).items()}
    return (
        made
        | {name: _signed(key, HS256, left) for name, left in absent.items()}
        | {
            "alg_none": f"{_encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}.",
            "alg_other": _signed(key, {"alg": "HS512", "typ": "JWT"}, good),
            "alg_case": _signed(key, {"alg": "hs256", "typ": "JWT"}, good),
            "crit": _signed(key, {**HS256, "crit": ["exp"]}, good),
            "typ_other": _signed(key, {"alg": "HS256", "typ": "at+jwt"}, good),
            "key_other": forged(key[::-1], user_id),
            "tampered": f"{header}.{other}.{signature}",
            "unsigned": f"{header}.{claims}.",
            "padded": f"{header}.{claims}.{signature}=",
            "claims_array": _signed(key, HS256, [good]),
            "three_words": "a.b.c",
            "word": "abc",
        }
    )


def _changes(user_id: int) -> dict[str, dict[str, Any]]:
    """Claims that no good token has, in the place of good ones."""
    now = int(time.time())
    return {
        "expired": {"exp": now - 1},
        "exp_text": {"exp": str(now + 600)},
        "exp_fraction": {"exp": now + 600.5},
        "nbf_future": {"nbf": now + 600},
        "iat_future": {"iat": now + 600},
        "iss_other": {"iss": "other"},
        "iss_list": {"iss": ["blog-api"]},
        "aud_other": {"aud": "other"},
        "aud_list": {"aud": ["other", "blog-api"]},
        "sub_number": {"sub": user_id},
        "sub_zero": {"sub": "0"},
        "sub_padded": {"sub": f"0{user_id}"},
        "sub_spaced": {"sub": f" {user_id}"},
        "sub_newline": {"sub": f"{user_id}\n"},
        "sub_arabic": {"sub": "٦٢"},
        "sub_large": {"sub": str(2**63)},
        "sub_missing_user": {"sub": str(MISSING_USER)},
    }


def _claims(user_id: int) -> dict[str, Any]:
    now = int(time.time())
    return {"sub": str(user_id), "iat": now, "exp": now + TTL_SECONDS, "iss": "blog-api", "aud": "blog-api"}


def _encoded(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed(key: str, header: Any, claims: Any) -> str:
    text = f"{_encoded(header)}.{_encoded(claims)}"
    return f"{text}.{_encoded(hmac.new(key.encode(), text.encode(), hashlib.sha256).digest())}"
