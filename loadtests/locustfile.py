"""The loads of the API: `locust -f loadtests/locustfile.py --host http://127.0.0.1:8000 [Blog | Ping | Article | …]`.

Every class is one scenario of the comparison; `Blog`, a visitor's mix, is what runs when none is named, or the mix of
`--mix FILE.toml`. The comparison uses these same classes, so what you try by hand is what it measures.
"""

from argparse import ArgumentTypeError
from pathlib import Path

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import WorkerRunner

from traffic.mixes import MixError, read_mix
from traffic.user import READER, forget_base_data
from traffic.visitor import TASKS, visitor_class

MIX_VARIABLE = "LOADTEST_MIX"

# The framework's own cost: no database, no token.
Ping = visitor_class("Ping", {"ping": 1})
# One article by its id, with author and tags.
Article = visitor_class("Article", {"article": 1})
# 20 articles with authors, tags and total.
Page = visitor_class("Page", {"page": 1})
# The same by a cursor instead of a total and a number of rows to skip.
PageV2 = visitor_class("PageV2", {"page_v2": 1})
# The same page, asked for with a token, so that the difference is what checking it costs.
PageAuthenticated = visitor_class("PageAuthenticated", {"page": 1}, account=READER)
# A write: one article with a tag, in a transaction.
CreateArticle = visitor_class("CreateArticle", {"create_article": 1})
# A small write, after a look at whether the article is there.
Comment = visitor_class("Comment", {"comment": 1})
# A password to hash, with Argon2.
Token = visitor_class("Token", {"token": 1})
# An editor who mostly reads.
BLOG = {"page": 40, "article": 40, "comments": 10, "comment": 7, "create_article": 2, "token": 1}
Blog = visitor_class("Blog", BLOG, human_wait_seconds=3.0)


@events.init_command_line_parser.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def add_options(parser: LocustArgumentParser) -> None:
    """Let the pace be set on the command line and in the web page, and a mix on the command line."""
    parser.add_argument(
        "--wait", type=float, help="mean seconds between two requests of a user; without it 3 for Blog, 0 for others"
    )
    parser.add_argument(
        "--mix",
        metavar="FILE.toml",
        type=weights_of,
        env_var=MIX_VARIABLE,
        include_in_web_ui=False,
        help="run a mix of your own, such as loadtests/mixes/reader.toml; workers need it too",
    )


def weights_of(path: str) -> dict[str, int]:
    """Read the mix that an option names.

    Raises:
        ArgumentTypeError: it is none.
    """
    try:
        return read_mix(Path(path), TASKS)
    except MixError as error:
        raise ArgumentTypeError(str(error)) from error


@events.init.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def choose_classes(environment: Environment, **_: object) -> None:
    """Keep the scenario classes out of a run that names a mix or nothing; a worker takes what its master names."""
    options = environment.parsed_options
    if options is None:
        return
    if options.mix:
        environment.user_classes = [visitor_class("Mix", options.mix, human_wait_seconds=Blog.human_wait_seconds)]
    elif not (options.user_classes or options.class_picker or isinstance(environment.runner, WorkerRunner)):
        environment.user_classes = [Blog]


@events.init.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def look_at_the_clock(**_: object) -> None:
    """Start `--run-time` now: timers count from the loop's last look, and imports have blocked it for seconds."""
    gevent.get_hub().loop.update_now()


@events.test_stop.add_listener  # type: ignore[untyped-decorator] # Locust's events have no types
def forget(environment: Environment, **_: object) -> None:
    """Another start from the web page may name another host."""
    forget_base_data(environment)
