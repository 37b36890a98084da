"""Writers at the same time: exactly one wins, and none is told that the database is locked."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from blogapi.database import reading, writing
from blogapi.etags import Precondition, article_tag, precondition, user_tag
from blogapi.problems import Problem
from blogapi.records import Article, User
from blogapi.store.articles import article_delete, article_get, article_update
from blogapi.store.users import user_delete, user_insert, user_page, user_update

AddUser = Callable[..., User]
AddArticle = Callable[..., Article]
NOW = datetime(2026, 1, 31, 9, 5, tzinfo=UTC)
WRITERS = 8


def at_once(engine: Engine, write: Callable[[Connection, int], object], writers: int = WRITERS) -> Counter[str]:
    """How often `write` ended in `done` or a problem's code, all writers being let off together."""
    outcomes: list[str] = []
    start = threading.Barrier(writers)

    def run(number: int) -> None:
        start.wait()
        try:
            with writing(engine) as connection:
                write(connection, number)
        except Problem as problem:
            outcomes.append(problem.code)
        except Exception as error:
            outcomes.append(repr(error))
        else:
            outcomes.append("done")

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(outcomes)


@pytest.mark.parametrize(
    ("username", "email", "code"),
    [
        ("ada", "ada-{}@example.com", "username_taken"),
        ("ada-{}", "ada@example.com", "email_taken"),
        ("ada", "ada@example.com", "username_taken"),
    ],
)
def test_of_many_registrations_of_one_name_exactly_one_wins(
    engine: Engine, username: str, email: str, code: str
) -> None:
    def register(connection: Connection, number: int) -> None:
        spelled = username.upper() if number % 2 else username
        values = {"username": spelled.format(number), "email": email.format(number), "name": "Ada", "age": None}
        user_insert(connection, values=values, password_hash="hash", now=NOW)

    assert at_once(engine, register) == {"done": 1, code: WRITERS - 1}
    with reading(engine) as connection:
        assert user_page(connection, skip=0, limit=10, sort="username").total == 1


def test_of_many_renamings_to_one_name_exactly_one_wins(engine: Engine, add_user: AddUser) -> None:
    with writing(engine) as connection:
        ids = [add_user(connection, f"user-{number}").id for number in range(WRITERS)]

    def rename(connection: Connection, number: int) -> None:
        user_update(connection, user_id=ids[number], changes={"username": "wanted"}, now=NOW)

    assert at_once(engine, rename) == {"done": 1, "username_taken": WRITERS - 1}


@pytest.mark.parametrize("way", ["demote", "deactivate", "delete"])
def test_of_all_admins_who_leave_at_once_one_stays(engine: Engine, add_user: AddUser, way: str) -> None:
    with writing(engine) as connection:
        ids = [add_user(connection, f"admin-{number}", role="admin").id for number in range(WRITERS)]

    def leave(connection: Connection, number: int) -> None:
        if way == "delete":
            user_delete(connection, user_id=ids[number])
        else:
            changes = {"role": "viewer"} if way == "demote" else {"is_active": False}
            user_update(connection, user_id=ids[number], changes=changes, now=NOW)

    assert at_once(engine, leave) == {"done": WRITERS - 1, "last_admin": 1}


def test_every_change_of_an_article_counts(engine: Engine, add_user: AddUser, add_article: AddArticle) -> None:
    with writing(engine) as connection:
        article = add_article(connection, add_user(connection, "ada"))
    versions: list[int] = []

    def change(connection: Connection, number: int) -> None:
        changed = article_update(connection, article=article, changes={"tags": [f"t{number}"]}, now=NOW)
        versions.append(changed.version if changed else 0)

    assert at_once(engine, change) == {"done": WRITERS}
    assert sorted(versions) == list(range(2, WRITERS + 2))
    with reading(engine) as connection:
        stored = article_get(connection, article_id=article.id)
    assert stored is not None
    assert (stored.version, len(stored.tags)) == (WRITERS + 1, 1)


def test_a_writing_transaction_holds_the_lock_from_its_first_moment(engine: Engine) -> None:
    with reading(engine) as used_before:
        used_before.exec_driver_sql("SELECT 1")
    with writing(engine), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        with pytest.raises(OperationalError, match="locked"):
            other.exec_driver_sql("BEGIN IMMEDIATE")
        other.exec_driver_sql("PRAGMA busy_timeout = 5000")


def test_an_exception_undoes_what_was_written(engine: Engine, add_user: AddUser) -> None:
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        add_user(connection, "ada")
        _ = 1 / 0
    with reading(engine) as connection:
        assert user_page(connection, skip=0, limit=10, sort="username").total == 0


def test_reading_is_not_held_up_by_a_writer_and_opens_no_transaction(engine: Engine, add_user: AddUser) -> None:
    with writing(engine) as writer, reading(engine) as reader:
        add_user(writer, "ada")
        assert user_page(reader, skip=0, limit=10, sort="username").total == 0
        writer.commit()
        assert user_page(reader, skip=0, limit=10, sort="username").total == 1


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("busy_timeout", 5000),
        ("foreign_keys", 1),
        ("synchronous", 1),
    ],
)
def test_every_connection_is_set_up(engine: Engine, pragma: str, value: object) -> None:
    with engine.connect() as first, engine.connect() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar_one() == value
            connection.rollback()


CONDITIONAL: dict[str, Callable[[Connection, Article, Precondition], object]] = {
    "article_update": lambda connection, article, condition: article_update(
        connection, article=article, changes={"tags": ["mine"]}, now=NOW, condition=condition
    ),
    "article_delete": lambda connection, article, condition: article_delete(
        connection, article_id=article.id, condition=condition
    ),
    "user_update": lambda connection, article, condition: user_update(
        connection, user_id=article.author.id, changes={"age": 36}, now=NOW, condition=condition
    ),
}


@pytest.mark.parametrize("way", CONDITIONAL)
def test_of_many_changes_with_one_tag_exactly_one_succeeds(
    engine: Engine, add_user: AddUser, add_article: AddArticle, way: str
) -> None:
    with writing(engine) as connection:
        ada = add_user(connection, "ada")
        article = add_article(connection, ada)
    tag = user_tag(ada) if way == "user_update" else article_tag(article)
    resource_id = ada.id if way == "user_update" else article.id
    condition = precondition({"If-Match": tag}, resource_id=resource_id)
    outcomes: Counter[object] = Counter()

    def change(connection: Connection, _number: int) -> None:
        outcomes[bool(CONDITIONAL[way](connection, article, condition))] += 1

    told = at_once(engine, change)
    if way == "article_delete":
        # Those who come later find nothing: 404 to them, as if they had come a moment later still.
        assert (told, outcomes) == ({"done": WRITERS}, {True: 1, False: WRITERS - 1})
    else:
        assert (told, outcomes) == ({"done": 1, "precondition_failed": WRITERS - 1}, {True: 1})
