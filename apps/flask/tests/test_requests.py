"""What few clients send, so that a server in front of the application would hide it."""

import io

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blogapi.settings import Settings

JSON = {"Content-Type": "application/json"}
LOGIN = b"grant_type=password&username=admin&password=admin-password"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# What gunicorn promises: the stream ends where the body ends.
TERMINATED = {"wsgi.input_terminated": True}


class BrokenStream(io.BytesIO):
    """A body whose chunks are none, as a server tells it: by an exception of its own."""

    def read(self, *_: object) -> bytes:
        raise LookupError("no chunk")

    readinto = read  # type: ignore[assignment]  # raises all the same


def chunked(client: FlaskClient, body: io.BytesIO) -> TestResponse:
    """Send a body without saying its length."""
    environ = {**TERMINATED, "CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.post("/api/v1/users", input_stream=body, headers=JSON, environ_overrides=environ)


def code(answer: TestResponse) -> str:
    """The problem that an answer tells of."""
    found: str = answer.get_json()["code"]
    return found


def test_a_body_that_ends_too_early_is_refused(client: FlaskClient) -> None:
    environ = {**TERMINATED, "CONTENT_LENGTH": str(len(LOGIN))}
    answer = client.post("/api/v1/token", input_stream=io.BytesIO(LOGIN[:-1]), headers=FORM, environ_overrides=environ)
    assert (answer.status_code, code(answer)) == (400, "malformed_json")


def test_a_body_that_breaks_off_is_refused(client: FlaskClient) -> None:
    answer = chunked(client, BrokenStream())
    assert (answer.status_code, code(answer)) == (400, "malformed_json")


def test_a_body_without_a_length_is_held_to_the_limit(client: FlaskClient, settings: Settings) -> None:
    most = settings.max_body_bytes
    assert code(chunked(client, io.BytesIO(b"{}" + b" " * (most - 2)))) == "validation_failed"
    assert code(chunked(client, io.BytesIO(b"{}" + b" " * (most - 1)))) == "body_too_large"
    assert code(chunked(client, io.BytesIO(b"{}" + b" " * (3 * most)))) == "body_too_large"


@pytest.mark.parametrize(
    ("target", "host", "status"),
    [
        ("http://localhost/api/v1/ping", "evil.example", 200),
        ("http://evil.example/api/v1/ping", "localhost", 400),
        ("/api/v1/ping", "evil.example", 400),
    ],
)
def test_the_host_of_an_absolute_target_counts(client: FlaskClient, target: str, host: str, status: int) -> None:
    environ = {"RAW_URI": target, "HTTP_HOST": host}
    assert client.get("/api/v1/ping", environ_overrides=environ).status_code == status


def test_an_absolute_target_may_leave_the_path_out(client: FlaskClient) -> None:
    environ = {"RAW_URI": "http://localhost", "PATH_INFO": ""}
    assert client.get("/", environ_overrides=environ).get_json()["framework"] == "flask"


def test_an_upgrade_to_a_web_socket_is_ignored(client: FlaskClient) -> None:
    headers = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert client.get("/api/v1/ping", headers=headers).get_json() == {"pong": True}


def test_hsts_is_sent_when_it_is_set(app: Flask, make_app: object, settings: Settings) -> None:
    assert callable(make_app)
    strict = make_app(settings.model_copy(update={"hsts_seconds": 60})).test_client()
    assert strict.get("/nowhere").headers["Strict-Transport-Security"] == "max-age=60"
    assert "Strict-Transport-Security" not in app.test_client().get("/nowhere").headers


@pytest.mark.parametrize("username", ["admin", "nobody"])
def test_a_log_in_hashes_whether_there_is_such_a_user_or_not(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    hashed: list[str] = []

    def verify(_hasher: PasswordHasher, known: str, _password: str) -> bool:
        hashed.append(known)
        raise VerifyMismatchError

    monkeypatch.setattr(PasswordHasher, "verify", verify)
    form = {"grant_type": "password", "username": username, "password": "wrong"}
    assert client.post("/api/v1/token", data=form).status_code == 401
    assert len(hashed) == 1
