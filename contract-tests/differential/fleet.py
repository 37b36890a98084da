"""The servers that are compared: each on a database of its own, all databases set to one state whenever asked."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from backdoors import Backdoor, backdoor_of
from request import Framing, Request
from wire import Answer, Connection

from variants.catalog import Variant
from variants.contract import ROWS
from variants.engines import Engine, fresh_database
from variants.environment import new_secret_key
from variants.process import RunningVariant, running

# The weakest that Argon2 takes: what is compared is answers, not work.
CHEAP_PASSWORDS = {"ARGON2_MEMORY_KIB": "8", "ARGON2_TIME_COST": "1", "ARGON2_PARALLELISM": "1"}


@dataclass
class Member:
    """One server of the fleet, the connection to it, and the way into its database past it."""

    name: str
    server: RunningVariant
    connection: Connection
    backdoor: Backdoor
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
    snapshot: object = None

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
        backdoor = self.members[index].backdoor
        self.snapshot = backdoor.take()
        return backdoor.latest()

    def tie(self, table: str, ids: Sequence[int]) -> None:
        """Give some rows one time of creation, in the first server's database.

        Args:
            table: `articles` or `comments`.
        """
        self.members[0].backdoor.tie(table, ids)

    def reset(self) -> None:
        """Set every database to the snapshot, under the running servers: each engine makes one transaction of it."""
        for member in self.members:
            member.backdoor.give(self.snapshot)


@contextmanager
def fleet_of(variants: Sequence[Variant], settings: Mapping[str, str], engine: Engine) -> Iterator[Fleet]:
    """Run the variants' production servers for as long as the body runs, each on a fresh copy of the seeded database.

    Args:
        variants: of which there is a server each.
        settings: of all servers, beside those that make passwords cheap.
        engine: of all databases.

    Raises:
        VariantFailedError: one did not start.
        DatabaseError: there is no database for them.
    """
    key = new_secret_key()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="differential-")))
        all_settings = {"SECRET_KEY": key, **CHEAP_PASSWORDS, **settings}
        members = [_member(stack, variant, all_settings, folder, engine) for variant in variants]
        fleet = Fleet(members, key)
        stack.callback(fleet.hang_up)
        yield fleet


def _member(stack: ExitStack, variant: Variant, settings: Mapping[str, str], folder: Path, engine: Engine) -> Member:
    database = stack.enter_context(fresh_database(engine, ROWS))
    log = folder / f"{variant.name}.log"
    server = stack.enter_context(running(variant, database_url=database.url, environment=settings, log_path=log))
    return Member(variant.name, server, Connection(server.base_url), stack.enter_context(backdoor_of(database)))
