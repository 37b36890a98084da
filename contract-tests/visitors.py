"""Callers at addresses of their own, as a trusted proxy tells them, so that tests of small limits share nothing."""

import functools
import itertools
import random
import secrets
import time
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Address

import jwt

import target
from answer import UNSET, Answer, Json
from client import Client, Headers
from data import PASSWORD
from target import Target

PING = "/api/v1/ping"
TOKEN = "/api/v1/token"
# For benchmarks (RFC 2544) and documentation (RFC 3849): addresses that nobody has.
NETWORK = IPv4Network("198.18.0.0/15")
PREFIX_6 = "20010db8"
ATTEMPTS = 5
FORM = "application/x-www-form-urlencoded"


# Random addresses would meet now and then, and a limit be used up by another test. So each process has every eighth
# address, and walks over its own from anywhere, with a stride that is odd and so passes each once.
_PROCESSES = 8
_STRIDE = 40_503
_STEPS = itertools.count(secrets.randbelow(NETWORK.num_addresses))


def address_of(network: IPv4Network) -> str:
    """An address of a network, which no other test of this run has until all are used."""
    own, last = target.process_number() % _PROCESSES, network.num_addresses - 1
    while (number := (next(_STEPS) * _STRIDE * _PROCESSES + own) % network.num_addresses) in (0, last):
        pass
    return str(network[number])


def address_6() -> IPv6Address:
    """A random address of a random network of IPv6."""
    return IPv6Address(bytes.fromhex(PREFIX_6) + secrets.token_bytes(12))


class Visitor(Client):
    """A client behind the proxy, at an address.

    Args:
        settings: of the server.
        forwarded_for: what the proxy says of it; a new address without.
        token: sent as a bearer token with each request.
    """

    def __init__(self, settings: Target, forwarded_for: str | None = None, token: str | None = None) -> None:
        super().__init__(settings.base_url, token)
        self.settings = settings
        self.forwarded_for = forwarded_for or address_of(NETWORK)

    def with_token(self, token: str | None) -> "Visitor":
        """The same address with another token, or with none."""
        return Visitor(self.settings, self.forwarded_for, token)

    def request(
        self,
        method: str,
        path: str,
        json: Json = UNSET,
        *,
        form: Mapping[str, str] | str | None = None,
        content: bytes | None = None,
        headers: Headers | None = None,
    ) -> Answer:
        """Send a request as the proxy would."""
        all_headers: dict[str, str | bytes | None] = {"X-Forwarded-For": self.forwarded_for, **(headers or {})}
        return super().request(method, path, json, form=form, content=content, headers=all_headers)

    def spend(self, path: str = PING, *, amount: int | None = None) -> "Visitor":
        """Use up the limit, or a part of it."""
        limit = self.settings.rate_limit_default
        for _ in range(amount if amount is not None else limit.amount if limit else 0):
            answer = self.get(path)
            if answer.status == 429:
                raise answer.fail("the limit not to be used up yet", "status 429")
        return self

    def expect_limited(self) -> "Visitor":
        """Hold the address, or the user, to having nothing left."""
        self.get(PING).expect_problem(429, "rate_limited")
        return self

    def expect_free(self) -> "Visitor":
        """Hold the address, or the user, to having sent nothing yet."""
        limit = self.settings.rate_limit_default
        remaining = str(limit.amount - 1) if limit else None
        self.get(PING).expect(200).expect_headers({"RateLimit-Remaining": remaining})
        return self


Visit = Callable[[], Visitor]


def forged_token(settings: Target, *, subject: int | None = None, lifetime: int = 600, key: str | None = None) -> str:
    """A token with good claims, of a user that does not exist unless the caller names one."""
    now = int(time.time())
    claims = {"sub": str(subject or random.randint(2**61, 2**62)), "iat": now, "exp": now + lifetime}  # noqa: S311 -- opens nothing
    claims |= {"iss": settings.jwt_issuer, "aud": settings.jwt_audience}
    return jwt.encode(claims, key or settings.secret_key or "", algorithm="HS256")


def registered(visitor: Visitor) -> tuple[str, str]:
    """Register a viewer from the visitor's address; its name and password."""
    name = f"limited-{secrets.token_hex(8)}"
    body = {"username": name, "email": f"{name}@example.com", "name": "Ada", "password": PASSWORD}
    visitor.post("/api/v1/users", body).expect(201)
    return name, PASSWORD


def in_one_window(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test again that took longer than the window of the limits: what it saw says nothing."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        limit = target.load().rate_limit_default
        window = limit.seconds if limit else 0
        for _ in range(ATTEMPTS):
            began = time.monotonic()
            try:
                test(**fixtures)
            except AssertionError:
                if time.monotonic() - began < window:
                    raise
            else:
                if time.monotonic() - began < window:
                    return
        raise AssertionError(f"{ATTEMPTS} times the requests of the test took longer than the window of {window} s")

    return run
