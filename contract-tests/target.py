"""What the suite is told about the server: nothing but environment variables."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from urllib.parse import urlsplit

# From this many requests a minute on, the suite's own requests are never refused.
LARGE_LIMIT = 100_000
NO_ORIGIN = "none"
NO_LIMIT = "off"
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}
_LIMIT = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)?(second|minute|hour|day)")
_LIMITS = ("CONTRACT_RATE_LIMIT_DEFAULT", "CONTRACT_RATE_LIMIT_TOKEN")
_NETWORKS = ("CONTRACT_PROXY_NETWORK", "CONTRACT_SOURCE_NETWORK")
_SHARE = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")


@dataclass(frozen=True)
class Limit:
    """So many requests in so many seconds."""

    amount: int
    seconds: int

    @property
    def is_large(self) -> bool:
        """Whether the suite's own requests are within it."""
        return self.amount * 60 >= LARGE_LIMIT * self.seconds


@dataclass(frozen=True)
class Share:
    """The part of the tests that a process runs, where several share them: the first is number 1."""

    number: int
    total: int


@dataclass(frozen=True)
class Target:
    """Where the server is, and who its first administrator is. Without a key no token can be forged.

    Of what is None the suite was told nothing, and leaves out the tests that need to know it. `cors_origin` is "" for a
    server that allows none.
    """

    base_url: str
    admin_username: str
    admin_password: str
    secret_key: str | None
    jwt_issuer: str
    jwt_audience: str
    cors_origin: str | None
    has_cors_credentials: bool
    rate_limit_default: Limit | None
    rate_limit_token: Limit | None
    is_trusted_proxy: bool
    proxy_network: IPv4Network | None
    source_network: IPv4Network | None

    @property
    def host(self) -> str:
        """The server's name and port, as a Host header has them."""
        return urlsplit(self.base_url).netloc

    @property
    def has_small_limits(self) -> bool:
        """Whether the server is one for the tests of small limits, and for no others."""
        limits = (self.rate_limit_default, self.rate_limit_token)
        return any(limit is not None and not limit.is_large for limit in limits)


def faults(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Name the variables that are needed and not set, or say nothing that can be read."""
    needed = ("CONTRACT_BASE_URL", "CONTRACT_ADMIN_USERNAME", "CONTRACT_ADMIN_PASSWORD")
    missing = [f"{name} is not set" for name in needed if not environment.get(name)]
    url = urlsplit(environment.get("CONTRACT_BASE_URL", "http://unset"))
    if url.scheme not in ("http", "https") or not url.netloc or url.path.strip("/"):
        missing.append("CONTRACT_BASE_URL is no http://host:port")
    limits = {name: environment.get(name) or NO_LIMIT for name in _LIMITS}
    unread = [name for name, text in limits.items() if text != NO_LIMIT and not _LIMIT.fullmatch(text)]
    missing += [f"{name} is none like 30/minute, nor {NO_LIMIT}" for name in unread]
    if len({name for name in _LIMITS if environment.get(name)}) == 1:
        missing.append(f"of {' and '.join(_LIMITS)} only one is set")
    part = _SHARE.fullmatch(environment.get("CONTRACT_SHARE") or "1/1")
    return missing if part and int(part[1]) <= int(part[2]) else [*missing, "CONTRACT_SHARE is none like 1/2"]


def load(environment: Mapping[str, str] = os.environ) -> Target:
    """Read the settings; `faults` has been asked before."""
    origin = environment.get("CONTRACT_CORS_ORIGIN") or None
    proxies, sources = (_network(environment.get(name)) for name in _NETWORKS)
    default, token = (_limit(environment.get(name)) for name in _LIMITS)
    return Target(
        base_url=environment["CONTRACT_BASE_URL"].rstrip("/"),
        admin_username=environment["CONTRACT_ADMIN_USERNAME"],
        admin_password=environment["CONTRACT_ADMIN_PASSWORD"],
        secret_key=environment.get("CONTRACT_SECRET_KEY") or None,
        jwt_issuer=environment.get("CONTRACT_JWT_ISSUER", "blog-api"),
        jwt_audience=environment.get("CONTRACT_JWT_AUDIENCE", "blog-api"),
        cors_origin="" if origin == NO_ORIGIN else origin,
        has_cors_credentials=environment.get("CONTRACT_CORS_CREDENTIALS") == "1",
        rate_limit_default=default,
        rate_limit_token=token,
        is_trusted_proxy=environment.get("CONTRACT_TRUSTED_PROXY") == "1",
        proxy_network=proxies,
        source_network=sources,
    )


def share(environment: Mapping[str, str] = os.environ) -> Share:
    """Read which part of the tests is this process's; `faults` has been asked before."""
    number, _, total = (environment.get("CONTRACT_SHARE") or "1/1").partition("/")
    return Share(int(number), int(total))


def process_number(environment: Mapping[str, str] = os.environ) -> int:
    """A number that no other process of the run has, from 0: of a worker of xdist its own, else that of its share."""
    worker = environment.get("PYTEST_XDIST_WORKER")
    return int(worker.removeprefix("gw")) if worker else share(environment).number - 1


def _limit(text: str | None) -> Limit | None:
    match = _LIMIT.fullmatch(text or "")
    return Limit(int(match[1]), int(match[2] or 1) * _SECONDS[match[3]]) if match else None


def _network(text: str | None) -> IPv4Network | None:
    network = ip_network(text) if text else None
    return network if isinstance(network, IPv4Network) else None
