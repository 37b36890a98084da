"""The disk of a SQLite database is full, and then has room again (20.11).

Its stand-in is a limit on the size of the server's files, which needs neither root nor a file system of its own. SQLite
reports it as a failed write, where a full disk has a code of its own; `shared/blogapi/tests` have that one.
"""

import resource

import psutil
import pytest

from faults.calls import Call, Line
from faults.service import served
from variants.catalog import Variant

pytestmark = pytest.mark.in_company
ROOM_BYTES = 512 * 1024
# Each of these takes 50 KB of the write-ahead log.
ARTICLE = {"title": "large", "content": "x" * 50_000}
ATTEMPTS = 100


def limit_files(pid: int, limit: int | None) -> None:
    """Let the processes of a server write no byte behind a place of a file, or wherever they like."""
    parent = psutil.Process(pid)
    for process in (parent, *parent.children(recursive=True)):
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (hard if limit is None else limit, hard))


def write(line: Line) -> Call:
    """Create a large article."""
    return line.call("POST", "/api/v1/articles", ARTICLE)


def test_writes_are_refused_while_the_disk_is_full(variant: Variant, database_url: str) -> None:
    with served(variant, database_url) as service, service.line() as line:
        limit_files(service.server.pid, ROOM_BYTES)
        calls = [write(line)]
        while calls[-1].status == 201 and len(calls) < ATTEMPTS:
            calls.append(write(line))
        refused = [calls[-1], *(write(line) for _ in range(3))]
        reads = [line.get("/api/v1/articles?limit=5"), line.get("/api/v1/articles/1"), line.get("/api/v1/ping")]
        limit_files(service.server.pid, None)
        again = write(line)
        read = line.get(again.headers.get("location", "/none"))
    expected = (503, "database_unavailable", True)
    assert [(call.status, call.code, "retry-after" in call.headers) for call in refused] == [expected] * len(refused)
    assert [call.status for call in reads] == [200, 200, 200]
    assert (again.status, read.status) == (201, 200)
