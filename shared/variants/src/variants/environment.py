"""The environment of a variant's process: the settings that are ours, and none that happen to be the user's."""

import os
import secrets
from collections.abc import Mapping

# What blogapi.settings reads, and what the contract's sections 6 and 7 add to it.
SETTINGS = frozenset(
    {
        "ADMIN_EMAIL",
        "ADMIN_PASSWORD",
        "ADMIN_USERNAME",
        "ALLOWED_HOSTS",
        "ARGON2_MEMORY_KIB",
        "ARGON2_PARALLELISM",
        "ARGON2_TIME_COST",
        "CORS_CREDENTIALS",
        "CORS_ORIGINS",
        "DATABASE_POOL_SIZE",
        "DATABASE_URL",
        "ENVIRONMENT",
        "HSTS_SECONDS",
        "JWT_AUDIENCE",
        "JWT_ISSUER",
        "LOG_LEVEL",
        "MAX_BODY_BYTES",
        "METRICS",
        "RATE_LIMIT_DEFAULT",
        "RATE_LIMIT_PREFIX",
        "RATE_LIMIT_STORAGE",
        "RATE_LIMIT_TOKEN",
        "SECRET_KEY",
        "SHUTDOWN_TIMEOUT",
        "TOKEN_TTL_SECONDS",
        "TRACING",
        "TRUSTED_PROXIES",
    }
)
# Servers and frameworks read these behind the command line's back, and a measurement would silently change.
FOREIGN_SETTINGS = (
    "DJANGO_",
    "FLASK_",
    "FORWARDED_ALLOW_IPS",
    "GRANIAN_",
    "GUNICORN_",
    "OTEL_",
    "PROMETHEUS_",
    "UVICORN_",
    "WEB_CONCURRENCY",
)

ADMIN_USERNAME = "admin"
# Known on purpose: it opens only databases that live for one run, on servers that listen on the loopback address, or
# on another one where their user asks for a load from other machines.
ADMIN_PASSWORD = "one-run-only-admin"  # noqa: S105
ADMIN_SETTINGS = {
    "ADMIN_USERNAME": ADMIN_USERNAME,
    "ADMIN_EMAIL": "admin@example.com",
    "ADMIN_PASSWORD": ADMIN_PASSWORD,
}


# A load is one client to the server, which would refuse all but the first thousand requests of a minute.
UNLIMITED_SETTINGS = {"RATE_LIMIT_DEFAULT": "off", "RATE_LIMIT_TOKEN": "off"}


def new_secret_key() -> str:
    """A fresh key for signing tokens: 64 hexadecimal digits, twice what the contract's section 3 asks for."""
    return secrets.token_hex(32)


def foreign_environment() -> dict[str, str]:
    """This process's environment without the settings of a variant and of its server."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in SETTINGS and not name.startswith(FOREIGN_SETTINGS)
    }


def run_environment(*, database_url: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of a run of our own: production settings and a signing key of its own.

    Parameters:
        database_url: as SQLAlchemy reads it.
        extra: settings that win over everything here.
    """
    settings = {"ENVIRONMENT": "production", "SECRET_KEY": new_secret_key(), **ADMIN_SETTINGS}
    return foreign_environment() | settings | {"DATABASE_URL": database_url} | dict(extra or {})


def server_environment(settings: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Add what a variant's file sets for its server (`own`); a setting of the variants keeps the value it has."""
    return {**settings, **own, **{name: settings[name] for name in SETTINGS & settings.keys()}}
