"""The backend, in the place where Django looks for it."""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from blogapi.bounded import BoundedConnection


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects by a class of its own, which Django has no setting for."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> BoundedConnection:
        """Open a connection, of PostgreSQL's usual isolation."""
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return BoundedConnection.connect(**conn_params)

    def close_if_unusable_or_obsolete(self) -> None:
        """Let go of a connection that the server has ended; Django calls this between two requests."""
        if self.connection is not None and not self.in_atomic_block and self.connection.is_hung_up:
            self.close()
        super().close_if_unusable_or_obsolete()
