"""The servers that are compared: each on a database of its own, all databases set to one state whenever asked."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from request import Framing, Request
from wire import Answer, Connection

from variants.catalog import Variant
from variants.contract import ROWS
from variants.databases import sqlite_database
from variants.environment import new_secret_key
from variants.process import RunningVariant, running

# The weakest that Argon2 takes: what is compared is answers, not work.
CHEAP_PASSWORDS = {"ARGON2_MEMORY_KIB": "8", "ARGON2_TIME_COST": "1", "ARGON2_PARALLELISM": "1"}
BUSY_SECONDS = 10.0
# What a time of before the run's end is compared with; see `Reader.since`.
_LATEST = """
    SELECT max(latest) FROM (
        SELECT max(updated_at) latest FROM users UNION SELECT max(updated_at) FROM articles
        UNION SELECT max(created_at) FROM comments
    )
"""


@dataclass
class Member:
    """One server of the fleet, the connection to it, and the way into its database past it."""

    name: str
    server: RunningVariant
    connection: Connection
    database: sqlite3.Connection
    more_connections: list[Connection] = field(default_factory=list)

    def connections(self, number: int) -> list[Connection]:
        """So many connections, of which the first is the usual one."""
        while len(self.more_connections) < number - 1:
            self.more_connections.append(Connection(self.server.base_url))
        return [self.connection, *self.more_connections[: number - 1]]

    def hang_up(self) -> None:
        """Close all connections; the next request opens new ones."""
        for connection in self.connections(len(self.more_connections) + 1):
            connection.close()


@dataclass
class Fleet:
    """Servers that are sent the same requests. They share one key, so that a token of one is good for all."""

    members: Sequence[Member]
    secret_key: str = field(repr=False)
    snapshot: Path

    @property
    def names(self) -> tuple[str, ...]:
        """The variants' names."""
        return tuple(member.name for member in self.members)

    def ask(self, request: Request, values: Mapping[str, Mapping[str, str]]) -> dict[str, tuple[Answer, ...]]:
        """Send a request to every server, and only then wait for the answers: the servers work at the same time.

        Args:
            request: is sent `request.times` times at once.
            values: what stands for the names in it, by server.
        """
        open_for = {member.name: member.connections(request.times) for member in self.members}
        for name, connections in open_for.items():
            data = request.encoded(values[name])
            for connection in connections:
                connection.send(data)
        answers = {
            name: tuple(connection.receive(method=request.method) for connection in connections)
            for name, connections in open_for.items()
        }
        if request.framing is Framing.BROKEN_OFF:
            # The server may wait for the rest of the body, and would take the next request for it.
            self.hang_up()
        return answers

    def ask_one(self, index: int, request: Request, tokens: Mapping[str, str]) -> Answer:
        """Send a request to one server only."""
        connection = self.members[index % len(self.members)].connection
        connection.send(request.encoded(tokens))
        return connection.receive(method=request.method)

    def hang_up(self) -> None:
        """Close the connections to all servers."""
        for member in self.members:
            member.hang_up()

    def take_snapshot(self, index: int = 0) -> str:
        """Keep the state of one server's database as the one that `reset` gives to all.

        Returns:
            The latest time that is in it, as the API writes times.
        """
        database = self.members[index].database
        self.snapshot.unlink(missing_ok=True)
        with sqlite3.connect(self.snapshot) as copy:
            database.backup(copy)
        copy.close()
        return _as_answered(str(database.execute(_LATEST).fetchone()[0]))

    def tie(self, table: str, ids: Sequence[int]) -> None:
        """Give some rows one time of creation, in the first server's database.

        Args:
            table: `articles` or `comments`.
        """
        database = self.members[0].database
        (created_at,) = database.execute(
            f"SELECT created_at FROM {table} WHERE id = ?",  # noqa: S608 - a name of this program's own
            [ids[0]],
        ).fetchone()
        database.executemany(
            f"UPDATE {table} SET created_at = ? WHERE id = ?",  # noqa: S608 - as above
            [(created_at, number) for number in ids],
        )

    def reset(self) -> None:
        """Set every database to the snapshot, under the running servers: SQLite makes one transaction of it."""
        source = sqlite3.connect(self.snapshot)
        try:
            for member in self.members:
                source.backup(member.database)
        finally:
            source.close()


@contextmanager
def fleet_of(variants: Sequence[Variant], settings: Mapping[str, str]) -> Iterator[Fleet]:
    """Run the variants' production servers for as long as the body runs, each on a fresh copy of the seeded database.

    Args:
        variants: of which there is a server each.
        settings: of all servers, beside those that make passwords cheap.

    Raises:
        VariantFailedError: one did not start.
        DatabaseError: there is no database for them.
    """
    key = new_secret_key()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="differential-")))
        all_settings = {"SECRET_KEY": key, **CHEAP_PASSWORDS, **settings}
        members = [_member(stack, variant, all_settings, folder) for variant in variants]
        fleet = Fleet(members, key, folder / "snapshot.sqlite3")
        stack.callback(fleet.hang_up)
        yield fleet


def _member(stack: ExitStack, variant: Variant, settings: Mapping[str, str], folder: Path) -> Member:
    path = stack.enter_context(sqlite_database(ROWS)).path
    log = folder / f"{variant.name}.log"
    url = f"sqlite:///{path}"
    server = stack.enter_context(running(variant, database_url=url, environment=settings, log_path=log))
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    stack.callback(database.close)
    # Nothing here need survive a crash of the machine.
    database.execute("PRAGMA synchronous = OFF")
    return Member(variant.name, server, Connection(server.base_url), database)


def _as_answered(stored: str) -> str:
    return stored.replace(" ", "T").removesuffix("Z") + "Z"
