"""Settings from the environment (and `.env`), read and validated once at start (the twelve-factor app, III)."""

import re
import sys
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal, NoReturn

from limits import parse
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from blogapi import rules

DEVELOPMENT_SECRET_KEY = "development-only-secret-key-0123456789abcdef"  # noqa: S105 -- refused in production
DEVELOPMENT_ADMIN_PASSWORD = "admin-password"  # noqa: S105 -- refused in production
SECRET_KEY_MIN_BYTES = 32
_DATABASES = ("sqlite:///", "postgresql+psycopg://")
RATE_LIMIT_OFF = "off"
_RATE_LIMIT = re.compile(r"[1-9][0-9]{0,8}/(?:[1-9][0-9]{0,3})?(?:second|minute|hour|day)")
_TRACING_MODULES = ("opentelemetry.sdk.trace.export", "opentelemetry.exporter.otlp.proto.http.trace_exporter")
# RFC 6454, 6.2: what a browser sends. In lower case, and without the port that its scheme implies.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")


def _split_commas(value: object) -> object:
    return [part.strip().lower() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _check_database_url(value: object) -> object:
    try:
        url = make_url(str(value))
    except (ArgumentError, ValueError) as error:
        raise ValueError("is no database URL") from error
    if not str(value).startswith(_DATABASES):
        raise ValueError(f"must start with {' or '.join(_DATABASES)}")
    if url.get_backend_name() == "postgresql" and not url.database:
        raise ValueError("names no database")
    return value


def _check_email(value: str) -> str:
    if len(value) > rules.EMAIL_MAX or not rules.email_is_valid(value):
        raise ValueError("is no e-mail address")
    return value


def _check_key_length(value: SecretStr) -> SecretStr:
    # RFC 7518, 3.2: a key of HS256 is at least as long as the hash.
    if len(value.get_secret_value().encode()) < SECRET_KEY_MIN_BYTES:
        raise ValueError(f"must have at least {SECRET_KEY_MIN_BYTES} bytes")
    return value


def _check_origin(value: str) -> str:
    if _ORIGIN.fullmatch(value) is None or value.endswith((":80", ":443")):
        raise ValueError("must hold origins as browsers send them: https://app.example.com, http://localhost:3000")
    return value


def _parse_network(value: object) -> object:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError("must hold addresses and networks: 192.0.2.1, 10.0.0.0/8, 2001:db8::/32") from error


def _check_rate_limit(value: str) -> str:
    if value == RATE_LIMIT_OFF:
        return value
    if _RATE_LIMIT.fullmatch(value) is None:
        raise ValueError(f"must be like 1000/minute, or {RATE_LIMIT_OFF}")
    parse(value)
    return value


def _check_storage(value: SecretStr) -> SecretStr:
    if not value.get_secret_value().startswith(("memory://", "redis://", "rediss://")):
        raise ValueError("must be memory:// or start with redis:// or rediss://")
    return value


def _check_tracing(value: bool) -> bool:
    # Not left to the worker that imports them: servers start a worker that has ended again and again.
    with suppress(ModuleNotFoundError):
        if not value or all(find_spec(module) for module in _TRACING_MODULES):
            return value
    raise ValueError("needs the packages of the extra: blogapi[tracing]")


CommaList = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split_commas)]


class Settings(BaseSettings):
    """Everything that the environment decides. Sizes are in the unit that the name ends with."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    environment: Literal["development", "test", "production"] = "development"
    database_url: Annotated[str, BeforeValidator(_check_database_url)] = "sqlite:///blog.sqlite3"
    database_pool_size: int = Field(default=4, ge=1, le=1000)
    secret_key: Annotated[SecretStr, AfterValidator(_check_key_length)] = Field(
        default=SecretStr(DEVELOPMENT_SECRET_KEY), validate_default=True
    )
    jwt_issuer: str = Field(default="blog-api", min_length=1)
    jwt_audience: str = Field(default="blog-api", min_length=1)
    token_ttl_seconds: int = Field(default=1800, ge=1, le=86_400)
    argon2_memory_kib: int = Field(default=19_456, ge=8, le=4_194_304)
    argon2_time_cost: int = Field(default=2, ge=1, le=100)
    argon2_parallelism: int = Field(default=1, ge=1, le=64)
    allowed_hosts: CommaList = ("localhost", "127.0.0.1", "[::1]")
    trusted_proxies: Annotated[
        tuple[Annotated[IPv4Network | IPv6Network, BeforeValidator(_parse_network)], ...],
        NoDecode,
        BeforeValidator(_split_commas),
    ] = ()
    cors_origins: Annotated[
        tuple[Annotated[str, AfterValidator(_check_origin)], ...], NoDecode, BeforeValidator(_split_commas)
    ] = ()
    cors_credentials: bool = False
    rate_limit_default: Annotated[str, AfterValidator(_check_rate_limit)] = "1000/minute"
    rate_limit_token: Annotated[str, AfterValidator(_check_rate_limit)] = "10/minute"  # noqa: S105 -- a limit
    rate_limit_storage: Annotated[SecretStr, AfterValidator(_check_storage)] = SecretStr("memory://")
    rate_limit_prefix: str = Field(default="blog-api", pattern=r"^[A-Za-z0-9_.:-]{1,100}$")
    hsts_seconds: int = Field(default=0, ge=0)
    max_body_bytes: int = Field(default=1_048_576, ge=1024)
    shutdown_timeout: int = Field(default=30, ge=0, le=3600)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    metrics: bool = True
    tracing: Annotated[bool, AfterValidator(_check_tracing)] = False
    admin_username: str = Field(default="admin", pattern=r"^[A-Za-z0-9_-]{3,50}$")
    admin_email: Annotated[str, AfterValidator(_check_email)] = "admin@example.com"
    admin_password: SecretStr = Field(default=SecretStr(DEVELOPMENT_ADMIN_PASSWORD), min_length=8, max_length=128)

    @field_validator("secret_key")
    @classmethod
    def _check_default_key(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        environment = info.data.get("environment", "development")
        if environment != "development" and value.get_secret_value() == DEVELOPMENT_SECRET_KEY:
            raise ValueError("must be set outside ENVIRONMENT=development")
        return value

    @field_validator("argon2_parallelism")
    @classmethod
    def _check_lanes(cls, value: int, info: ValidationInfo) -> int:
        # RFC 9106, 3.1: the memory is at least 8 KiB for each lane.
        if value * 8 > info.data.get("argon2_memory_kib", value * 8):
            raise ValueError("needs 8 KiB of ARGON2_MEMORY_KIB for each lane")
        return value

    def check_seeding(self) -> None:
        """Refuse the documented development password for a first admin outside development.

        Raises:
            ValueError: naming the variable.
        """
        password = self.admin_password.get_secret_value()
        if self.environment != "development" and password == DEVELOPMENT_ADMIN_PASSWORD:
            raise ValueError("ADMIN_PASSWORD: must be set outside ENVIRONMENT=development")


def exit_with_faults(faults: list[str]) -> NoReturn:
    """End the process with exit code 2 and one line a fault on stderr."""
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(2)


def _fault_line(error: dict[str, object]) -> str:
    loc = error["loc"]
    message = str(error["msg"]).removeprefix("Value error, ")
    # The message of pydantic names the bound, never the input.
    return f"{str(loc[0]).upper()}: {message}" if isinstance(loc, tuple) and loc else message


@lru_cache
def load_settings() -> Settings:
    """Read the settings once a process.

    Returns:
        The validated settings.

    Raises:
        SystemExit: code 2 after one line a fault on stderr, each naming the variable and never a secret's value.
    """
    try:
        return Settings()
    except ValidationError as error:
        exit_with_faults([_fault_line(dict(fault)) for fault in error.errors(include_input=False)])
