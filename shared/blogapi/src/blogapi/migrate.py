"""Brings a database's schema up to date with Alembic."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine


def migration_config(connection: Connection) -> Config:
    """Make Alembic's configuration for one connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migration_engine(database_url: str) -> Engine:
    """Make an engine with the driver's own transactions, as schema changes need them."""
    return create_engine(database_url, poolclass=NullPool)


def migrate(database_url: str, revision: str = "head") -> None:
    """Upgrade the schema to `revision`; nothing happens where it is there already."""
    with migration_engine(database_url).connect() as connection:
        command.upgrade(migration_config(connection), revision)


def migrate_down(database_url: str, revision: str = "base") -> None:
    """Downgrade the schema to `revision`, which loses the data that it has no room for."""
    with migration_engine(database_url).connect() as connection:
        command.downgrade(migration_config(connection), revision)
