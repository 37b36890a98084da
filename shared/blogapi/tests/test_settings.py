"""Settings: their defaults, and faults that name the variable and never a secret's value."""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapi.settings import DEVELOPMENT_SECRET_KEY, Settings, load_settings

SECRET = "hunter2-hunter2"
GOOD_KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read the settings anew in a folder without `.env`."""
    monkeypatch.chdir(tmp_path)
    load_settings.cache_clear()
    yield
    load_settings.cache_clear()


def fault_lines(**environment: str) -> list[str]:
    """What is written to stderr before exit code 2."""
    stderr = io.StringIO()
    with patch.dict(os.environ, environment), contextlib.redirect_stderr(stderr), pytest.raises(SystemExit) as end:
        load_settings()
    assert end.value.code == 2
    return stderr.getvalue().splitlines()


def test_the_defaults_are_the_documented_ones() -> None:
    settings = load_settings()
    assert (settings.environment, settings.database_url) == ("development", "sqlite:///blog.sqlite3")
    assert (settings.jwt_issuer, settings.jwt_audience, settings.token_ttl_seconds) == ("blog-api", "blog-api", 1800)
    assert (settings.argon2_memory_kib, settings.argon2_time_cost, settings.argon2_parallelism) == (19456, 2, 1)
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert (settings.hsts_seconds, settings.max_body_bytes, settings.database_pool_size) == (0, 1_048_576, 4)
    assert (settings.shutdown_timeout, settings.log_level) == (30, "info")
    assert (settings.metrics, settings.tracing) == (True, False)
    assert (settings.admin_username, settings.admin_email) == ("admin", "admin@example.com")
    assert settings.admin_password.get_secret_value() == "admin-password"
    assert (settings.cors_origins, settings.cors_credentials, settings.trusted_proxies) == ((), False, ())
    assert (settings.rate_limit_default, settings.rate_limit_token) == ("1000/minute", "10/minute")
    assert settings.rate_limit_storage.get_secret_value() == "memory://"
    assert settings.rate_limit_prefix == "blog-api"
    assert settings.secret_key.get_secret_value() == DEVELOPMENT_SECRET_KEY


FAULTS = {
    "ENVIRONMENT": ["", "staging", "Production"],
    "DATABASE_URL": [
        "",
        "blog.sqlite3",
        "sqlite://",
        "sqlite+aiosqlite:///blog.sqlite3",
        f"mysql://root:{SECRET}@localhost/blog",
        f"postgresql://root:{SECRET}/blog",
    ],
    "DATABASE_POOL_SIZE": ["0", "1001", "four", "1.5", ""],
    "SECRET_KEY": ["", SECRET, "x" * 31, "é" * 15],
    "JWT_ISSUER": [""],
    "JWT_AUDIENCE": [""],
    "TOKEN_TTL_SECONDS": ["0", "-1", "86401", "1e2", "half an hour"],
    "ARGON2_MEMORY_KIB": ["7", "0", "4194305", "19 MiB"],
    "ARGON2_TIME_COST": ["0", "101"],
    "ARGON2_PARALLELISM": ["0", "65"],
    "TRUSTED_PROXIES": ["proxy.example.com", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/8;192.0.2.1", "2001:db8::/129"],
    "CORS_ORIGINS": [
        *("*", "null", "app.example.com", "ftp://app.example.com", "https://", "https://app.example.com/"),
        *("https://app.example.com/path", "https://a.example.com https://b.example.com", "https://a.example.com:443"),
        *("http://a.example.com:80", "https://a.example.com:0", "https://user@a.example.com", "https://ä.example.com"),
    ],
    "CORS_CREDENTIALS": ["maybe", ""],
    "RATE_LIMIT_DEFAULT": [
        "",
        "0/minute",
        "10",
        "10/fortnight",
        "ten/minute",
        "10/0minute",
        "1.5/second",
        "Off",
        "9/day;",
    ],
    "RATE_LIMIT_TOKEN": ["", "-1/minute", "10 per minute"],
    "RATE_LIMIT_STORAGE": [
        "",
        "memory",
        f"mongodb://root:{SECRET}@localhost",
        "localhost:6379",
        f"memcached://{SECRET}",
    ],
    "RATE_LIMIT_PREFIX": ["", "two words", "a" * 101, "a/b"],
    "HSTS_SECONDS": ["-1"],
    "MAX_BODY_BYTES": ["1023", "1 MiB"],
    "SHUTDOWN_TIMEOUT": ["-1", "3601"],
    "LOG_LEVEL": ["loud", "INFO "],
    "METRICS": ["maybe", "", "2"],
    "TRACING": ["maybe", "", "https://collector.example.com"],
    "ADMIN_USERNAME": ["", "ab", "a" * 51, "two words", "ädmin", "admin\n"],
    "ADMIN_EMAIL": ["", "admin", "admin@localhost", "a" * 65 + "@example.com"],
    "ADMIN_PASSWORD": ["", "1234567", SECRET * 10],
}
CASES = [(variable, value) for variable, values in FAULTS.items() for value in values]


@pytest.mark.parametrize(("variable", "value"), CASES)
def test_a_wrong_value_is_one_line_that_names_its_variable(variable: str, value: str) -> None:
    (line,) = fault_lines(**{variable: value})
    assert line.startswith(f"{variable}: ")
    assert SECRET not in line


GOOD = [
    ("SECRET_KEY", "x" * 32),
    ("SECRET_KEY", "é" * 16),
    ("DATABASE_URL", "sqlite:////var/lib/blog.sqlite3"),
    ("TOKEN_TTL_SECONDS", "86400"),
    ("ADMIN_PASSWORD", "ä" * 128),
    ("ADMIN_USERNAME", "a_-"),
    ("ALLOWED_HOSTS", "*"),
    ("MAX_BODY_BYTES", "1024"),
    ("TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.1,2001:db8::/32"),
    ("TRUSTED_PROXIES", ""),
    ("CORS_ORIGINS", "https://app.example.com, http://localhost:3000,http://[::1]:8000,http://127.0.0.1"),
    ("CORS_ORIGINS", ""),
    ("RATE_LIMIT_DEFAULT", "1/second"),
    ("RATE_LIMIT_DEFAULT", "100/15minute"),
    ("RATE_LIMIT_TOKEN", "off"),
    ("RATE_LIMIT_STORAGE", f"redis://:{SECRET}@127.0.0.1:6379/0"),
    ("RATE_LIMIT_STORAGE", "rediss://redis.example.com"),
    ("RATE_LIMIT_PREFIX", "a.b:c_d-9"),
]


@pytest.mark.parametrize(("variable", "value"), GOOD)
def test_a_value_at_its_bound_is_taken(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    load_settings()


@pytest.mark.parametrize("module", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter"])
def test_tracing_without_its_packages_is_a_fault_only_where_it_is_on(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (line,) = fault_lines(TRACING="true")
    assert line == "TRACING: needs the packages of the extra: blogapi[tracing]"
    assert not load_settings().tracing


def test_every_fault_is_told_at_once() -> None:
    lines = fault_lines(ENVIRONMENT="production", LOG_LEVEL="loud", TOKEN_TTL_SECONDS="0")
    assert {line.partition(":")[0] for line in lines} == {"SECRET_KEY", "LOG_LEVEL", "TOKEN_TTL_SECONDS"}
    assert len(lines) == 3


WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=9, max_size=24).filter(lambda word: len(set(word)) > 6)


@given(WORDS)
def test_no_secret_is_ever_in_a_fault(secret: str) -> None:
    secrets = {"SECRET_KEY": secret, "ADMIN_PASSWORD": secret * 15}
    for url in (
        secret,
        f"postgresql://bob:{secret}@db/blog",
        f"postgresql://bob:{secret}/blog",
        f"sqlite://{secret}:{secret}",
    ):
        lines = fault_lines(**secrets, DATABASE_URL=url)
        assert len(lines) == 3
        assert secret not in "".join(lines)


@pytest.mark.parametrize("environment", ["test", "production"])
def test_the_documented_key_is_refused_outside_development(environment: str) -> None:
    for key in ({}, {"SECRET_KEY": DEVELOPMENT_SECRET_KEY}):
        (line,) = fault_lines(ENVIRONMENT=environment, **key)
        assert line.startswith("SECRET_KEY: ")


@pytest.mark.parametrize("environment", ["test", "production"])
def test_a_key_of_ones_own_is_taken_outside_development(monkeypatch: pytest.MonkeyPatch, environment: str) -> None:
    monkeypatch.setenv("ENVIRONMENT", environment)
    monkeypatch.setenv("SECRET_KEY", GOOD_KEY)
    assert load_settings().secret_key.get_secret_value() == GOOD_KEY


def test_memory_that_is_too_small_for_the_lanes_is_a_fault() -> None:
    (line,) = fault_lines(ARGON2_MEMORY_KIB="31", ARGON2_PARALLELISM="4")
    assert line.startswith("ARGON2_")


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("example.com", ("example.com",)),
        (" a.example , b.example,, ", ("a.example", "b.example")),
        ("Example.COM", ("example.com",)),
    ],
)
def test_allowed_hosts_are_a_list_with_commas(
    monkeypatch: pytest.MonkeyPatch, text: str, hosts: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", text)
    assert load_settings().allowed_hosts == hosts


def test_origins_and_proxies_are_lists_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", " https://App.example.com ,http://localhost:3000,, ")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8 , 192.0.2.1")
    settings = load_settings()
    assert settings.cors_origins == ("https://app.example.com", "http://localhost:3000")
    assert settings.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("192.0.2.1/32"))


def test_a_file_named_env_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=error\nJWT_ISSUER=file\nUNKNOWN=x\n")
    monkeypatch.setenv("JWT_ISSUER", "environment")
    assert (load_settings().log_level, load_settings().jwt_issuer) == ("error", "environment")


def test_secrets_do_not_show_when_settings_are_printed(make_settings: Callable[..., Settings]) -> None:
    redis = f"redis://:{SECRET}@127.0.0.1"
    settings = make_settings(secret_key=GOOD_KEY, admin_password=SECRET, rate_limit_storage=redis)
    assert GOOD_KEY not in f"{settings!r}{settings}"
    assert SECRET not in f"{settings!r}{settings}"
