"""Connections to a PostgreSQL server that says nothing."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from blogapi import bounded
from blogapi.bounded import BoundedConnection


def accept_and_log_in(listening: socket.socket, done: threading.Event) -> None:
    """Do what a server does until the first statement comes, and then nothing."""
    connection, _ = listening.accept()
    with connection:
        connection.recv(1024)
        # AuthenticationOk, and ReadyForQuery (PostgreSQL's documentation, 55.7).
        connection.sendall(b"R\x00\x00\x00\x08\x00\x00\x00\x00Z\x00\x00\x00\x05I")
        done.wait()


@pytest.fixture
def silent_port() -> Iterator[int]:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=accept_and_log_in, args=(listening, done))
        thread.start()
        yield listening.getsockname()[1]
        done.set()
        thread.join()


def test_a_statement_is_given_up(silent_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "ANSWER_SECONDS", 0.3)
    info = f"host=127.0.0.1 port={silent_port} user=somebody sslmode=disable gssencmode=disable"
    with closing(BoundedConnection.connect(info, autocommit=True)) as connection:
        with pytest.raises(psycopg.OperationalError, match="did not answer"):
            connection.execute("SELECT 1")
        assert connection.closed
