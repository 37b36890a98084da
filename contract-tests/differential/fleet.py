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
_LATEST = (
    "SELECT max(latest) FROM (SELECT max(updated_at) latest FROM users UNION SELECT max(updated_at) FROM articles)"
)


@dataclass
class Member:
    """One server of the fleet, the connection to it, and the way into its database past it."""

    name: str
    server: RunningVariant
    connection: Connection
    database: sqlite3.Connection


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

    def ask(self, request: Request, tokens: Mapping[str, str]) -> dict[str, Answer]:
        """Send a request to every server, and only then wait for the answers: the servers work at the same time."""
        data = request.encoded(tokens)
        for member in self.members:
            member.connection.send(data)
        answers = {member.name: member.connection.receive(method=request.method) for member in self.members}
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
        """Close the connections; the next request opens new ones."""
        for member in self.members:
            member.connection.close()

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

    def tie_articles(self, ids: Sequence[int]) -> None:
        """Give some articles one time of creation, in the first server's database."""
        database = self.members[0].database
        (created_at,) = database.execute("SELECT created_at FROM articles WHERE id = ?", [ids[0]]).fetchone()
        database.executemany(
            "UPDATE articles SET created_at = ? WHERE id = ?", [(created_at, number) for number in ids]
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
def fleet_of(variants: Sequence[Variant]) -> Iterator[Fleet]:
    """Run the variants' production servers for as long as the body runs, each on a fresh copy of the seeded database.

    Raises:
        VariantFailedError: one did not start.
        DatabaseError: there is no database for them.
    """
    key = new_secret_key()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="differential-")))
        members = [_member(stack, variant, key, folder) for variant in variants]
        fleet = Fleet(members, key, folder / "snapshot.sqlite3")
        stack.callback(fleet.hang_up)
        yield fleet


def _member(stack: ExitStack, variant: Variant, key: str, folder: Path) -> Member:
    path = stack.enter_context(sqlite_database(ROWS)).path
    settings = {"SECRET_KEY": key, **CHEAP_PASSWORDS}
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
