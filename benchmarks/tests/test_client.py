"""The plain client against servers of known behaviour."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from benchmarks.run.client import ClientError, PlainClient
from variants.ports import LOOPBACK, free_port

PING = "/api/v1/ping"


def test_the_body_of_each_answer_is_given(fake_server: Callable[..., AbstractContextManager[Any]]) -> None:
    with fake_server() as server, PlainClient(server.base_url) as client:
        assert [client.get(PING) for _ in range(3)] == [b'{"pong": true}'] * 3
        assert server.seen()["load"] == 3


def test_another_status_than_200_is_an_error(fake_server: Callable[..., AbstractContextManager[Any]]) -> None:
    with (
        fake_server("--error-every", "2") as server,
        PlainClient(server.base_url) as client,
        pytest.raises(ClientError, match=r"GET /api/v1/ping answered 500 instead of 200"),
    ):
        assert client.get(PING)
        client.get(PING)


def test_no_answer_is_an_error() -> None:
    with (
        PlainClient(f"http://{LOOPBACK}:{free_port()}") as client,
        pytest.raises(ClientError, match="was not answered: ConnectionRefusedError"),
    ):
        client.get(PING)
