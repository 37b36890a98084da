"""How a variant is set up for the contract suite: one server cannot have large and small limits, origins and none."""

import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

# What the suite may be told of how the server is set up; see its README.
FACTS = (
    "CORS_ORIGIN",
    "CORS_CREDENTIALS",
    "RATE_LIMIT_DEFAULT",
    "RATE_LIMIT_TOKEN",
    "TRUSTED_PROXY",
    "PROXY_NETWORK",
    "SOURCE_NETWORK",
)
# An address of this machine that no profile trusts; not every system answers to more than 127.0.0.1.
OTHER_LOCAL_ADDRESS = "127.0.0.2"
# What a hash costs cannot be seen over HTTP, and the suite needs hundreds of them.
CHEAP_PASSWORDS = {"ARGON2_MEMORY_KIB": "1024", "ARGON2_TIME_COST": "1"}
CORS_ORIGINS = ("https://app.example", "http://localhost:3000")


@dataclass(frozen=True)
class Profile:
    """One way to set a variant up for a part of the suite: its `settings`, and what the suite is told of them."""

    name: str
    settings: Mapping[str, str]
    facts: Mapping[str, str]
    workers: int = 1


def profiles(redis: str | None) -> list[Profile]:
    """The ways in which a variant is set up for the whole suite.

    Parameters:
        redis: URL of the server that limits are kept in; without one no processes share them.
    """
    return [_large_limits(), _small_limits(), _shared_limits(redis)]


def _large_limits() -> Profile:
    # A second: all requests of a minute, kept in memory, would be walked through with nearly every further one.
    limits = {"RATE_LIMIT_DEFAULT": "1000000/second", "RATE_LIMIT_TOKEN": "100000/second"}
    origins = {"CORS_ORIGINS": ",".join(CORS_ORIGINS)}
    settings = {**limits, **origins, **CHEAP_PASSWORDS, "TRUSTED_PROXIES": "127.0.0.1"}
    # Two processes, as a server has in earnest: what one of them keeps for itself, the suite comes upon in the other.
    return Profile(
        "large limits", settings, {**limits, "CORS_ORIGIN": CORS_ORIGINS[0], "TRUSTED_PROXY": "1"}, workers=2
    )


def _small_limits() -> Profile:
    limits = {"RATE_LIMIT_DEFAULT": "5/2second", "RATE_LIMIT_TOKEN": "3/2second"}
    proxies = "10.77.0.0/16"
    facts = {**limits, "TRUSTED_PROXY": "1", "PROXY_NETWORK": proxies}
    if _is_own_address(OTHER_LOCAL_ADDRESS):
        facts["SOURCE_NETWORK"] = "127.0.0.0/8"
    origins = {"CORS_ORIGINS": ",".join(CORS_ORIGINS), "CORS_CREDENTIALS": "true"}
    return Profile(
        "small limits in memory",
        {
            **limits,
            **origins,
            **CHEAP_PASSWORDS,
            "TRUSTED_PROXIES": f"127.0.0.1,{proxies}",
            "RATE_LIMIT_STORAGE": "memory://",
        },
        {**facts, "CORS_ORIGIN": CORS_ORIGINS[0], "CORS_CREDENTIALS": "1"},
    )


def _shared_limits(redis: str | None) -> Profile:
    # Two processes, which must count together. The keys are this run's own, and end with their windows.
    small = _small_limits()
    shared = {"RATE_LIMIT_STORAGE": redis or "memory://", "RATE_LIMIT_PREFIX": f"contract-{secrets.token_hex(8)}"}
    return Profile(
        "small limits in Redis, no origins" if redis else "small limits, no origins",
        {**small.settings, **shared, "CORS_ORIGINS": "", "CORS_CREDENTIALS": "false"},
        {**small.facts, "CORS_ORIGIN": "none", "CORS_CREDENTIALS": "0"},
        workers=2 if redis else 1,
    )


def _is_own_address(address: str) -> bool:
    with suppress(OSError), socket.socket() as own:
        own.bind((address, 0))
        return True
    return False
