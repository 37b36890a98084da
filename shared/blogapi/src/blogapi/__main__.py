"""`python -m blogapi check|migrate|seed`: what is done to a database before a variant is started."""

import argparse

from blogapi.database import create_engine, writing
from blogapi.migrate import migrate
from blogapi.seed import seed
from blogapi.settings import Settings, exit_with_faults, load_settings


def main() -> None:
    """Do what the command line says; settings come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m blogapi", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="validate the settings and do nothing")
    commands.add_parser("migrate", help="bring the schema of DATABASE_URL up to date")
    seeding = commands.add_parser("seed", help="fill DATABASE_URL if it has no users yet")
    seeding.add_argument("--users", type=int, default=500, help="users in all (default: %(default)s)")
    seeding.add_argument("--articles", type=int, default=10_000, help="articles in all (default: %(default)s)")
    arguments = parser.parse_args()
    settings = load_settings()
    if arguments.command == "migrate":
        migrate(settings.database_url)
    elif arguments.command == "seed":
        _seed(settings, user_count=arguments.users, article_count=arguments.articles)


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
