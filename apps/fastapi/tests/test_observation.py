"""What is counted of a request that is never answered, and when lines are written."""

import asyncio
import errno
import io
from collections.abc import Callable
from select import PIPE_BUF
from typing import Any

import pytest

from fastapi_app.observation import TurnOutput

Play = Callable[[Callable[[Any], Any]], None]


@pytest.mark.parametrize(
    ("path", "media_type"),
    [("/api/v1/users", "application/json"), ("/api/v1/token", "application/x-www-form-urlencoded")],
)
def test_a_client_that_goes_away_before_its_body_is_complete_is_counted_as_499(
    play: Play, path: str, media_type: str
) -> None:
    headers = [(b"host", b"localhost"), (b"content-type", media_type.encode()), (b"content-length", b"9")]

    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    async def scenario(call: Any) -> None:
        scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
        await call.app(scope, receive, send)
        lines = (await call("GET", "/metrics")).content.decode().splitlines()
        assert f'http_requests_total{{method="POST",route="{path}",status="499"}} 1.0' in lines
        # The reading.
        assert "http_requests_in_progress 1.0" in lines

    play(scenario)


class Recorder(io.BytesIO):
    """Keeps what is written to it, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: Any) -> int:
        self.pieces.append(bytes(data))
        return len(data)


class FullDisk(io.BytesIO):
    """Takes nothing."""

    def write(self, data: Any) -> int:
        raise OSError(errno.ENOSPC, "no space left")


def written(file: Any, *turns: list[bytes]) -> None:
    """Log lines, turn after turn of an event loop."""

    async def act() -> None:
        output = TurnOutput(file)
        for lines in turns:
            for line in lines:
                output.write(line)
                output.flush()
            await asyncio.sleep(0)

    asyncio.run(act())


def test_the_lines_of_a_turn_are_written_together_and_in_order() -> None:
    file = Recorder()
    written(file, [b"1\n", b"2\n"], [b"3\n"])
    assert file.pieces == [b"1\n2\n", b"3\n"]


def test_the_lines_of_the_last_turn_are_written_before_the_loop_ends() -> None:
    file = Recorder()

    async def act() -> None:
        TurnOutput(file).write(b"1\n")

    asyncio.run(act())
    assert file.pieces == [b"1\n"]


def test_lines_are_written_in_pieces_that_a_pipe_takes_whole() -> None:
    file, line = Recorder(), b"x" * (PIPE_BUF // 3) + b"\n"
    written(file, [line] * 5)
    assert [piece for piece in file.pieces if piece] == [line * 2, line * 2, line]


def test_a_full_disk_fails_nothing() -> None:
    written(FullDisk(), [b"1\n"], [b"2\n"])
