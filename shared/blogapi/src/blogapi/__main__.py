"""`python -m blogapi check|migrate|seed`: what is done to a database before a variant is started."""

import argparse
import sys

from blogapi.database import create_engine, writing
from blogapi.migrate import MigrationError, check_schema, migrate, migrate_down
from blogapi.seed import seed
from blogapi.settings import Settings, exit_with_faults, load_settings


def main() -> None:
    """Do what the command line says; settings come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m blogapi", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate the settings and do nothing")
    migrating = commands.add_parser("migrate", help="bring the schema of DATABASE_URL up to date")
    ways = migrating.add_mutually_exclusive_group()
    ways.add_argument("--to", default="head", metavar="REVISION", help="upgrade no further (default: %(default)s)")
    ways.add_argument(
        "--down", metavar="REVISION", help="downgrade to an older one, or to base; what it has no room for is lost"
    )
    ways.add_argument("--check", action="store_true", help="change nothing; exit code 1 where it is not up to date")
    seeding = commands.add_parser("seed", help="fill DATABASE_URL if it has no users yet")
    seeding.add_argument("--users", type=int, default=500, help="users in all (default: %(default)s)")
    seeding.add_argument("--articles", type=int, default=10_000, help="articles in all (default: %(default)s)")
    arguments = parser.parse_args()
    settings = load_settings()
    if arguments.command == "migrate":
        if arguments.check:
            _check(settings)
        else:
            _migrate(settings, upward=arguments.to, downward=arguments.down)
    elif arguments.command == "seed":
        _seed(settings, user_count=arguments.users, article_count=arguments.articles)


def _migrate(settings: Settings, *, upward: str, downward: str | None) -> None:
    try:
        if downward is None:
            migrate(settings.database_url, upward)
        else:
            migrate_down(settings.database_url, downward)
    except MigrationError as error:
        exit_with_faults([str(error)])


def _check(settings: Settings) -> None:
    try:
        check_schema(settings.database_url)
    except MigrationError as error:
        sys.exit(str(error))


def _seed(settings: Settings, *, user_count: int, article_count: int) -> None:
    with writing(create_engine(settings)) as connection:
        try:
            filled = seed(connection, settings, user_count=user_count, article_count=article_count)
        except ValueError as error:
            exit_with_faults([str(error)])
    if filled:
        # In a transaction of its own: the planner's statistics are rows that have to be committed.
        with writing(create_engine(settings)) as connection:
            connection.exec_driver_sql("ANALYZE")
    print("seeded" if filled else "left as it is: it has users already")


if __name__ == "__main__":
    main()
