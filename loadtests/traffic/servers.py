"""What is known of the servers that are loaded again and again: their rows, and a token of each account.

Windows of half a second would otherwise be shorter than what comes before them: some hundred rows to read, and as many
passwords to hash as there are users.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust.env import Environment

from traffic.base_data import BaseData
from traffic.load import LoadError
from traffic.recorder import Recorder
from traffic.user import Account, ApiUser, base_data_of, share

# Those of a round are fewer; what is forgotten is read again.
MOST_SERVERS = 32


@dataclass
class Known:
    """What is known of one server."""

    base_data: BaseData | None = None
    pioneers: dict[tuple[Account, bool], ApiUser] = field(default_factory=dict)


_servers: OrderedDict[str, Known] = OrderedDict()


def prepare(environment: Environment, user_class: type[ApiUser], server: str, recorder: Recorder) -> None:
    """Read what the users of an environment need to know of their server, once in its life.

    Parameters:
        server: names it, and no other one while this process runs; empty for a server that is not met again.

    Raises:
        LoadError: the account could not log in.
        BaseDataError: the API gives nothing to ask for.
    """
    known = _known(server)
    if user_class.wants_base_data:
        share(environment, known.base_data, None)
        known.base_data = base_data_of(environment, str(environment.host))
    if server and (account := user_class.account):
        # One who has read no rows has none to share.
        kind = (account, user_class.wants_base_data)
        if kind not in known.pioneers or known.pioneers[kind].is_to_log_in_again:
            known.pioneers[kind] = first_user(environment, user_class, recorder)
            known.pioneers[kind].on_stop()
        share(environment, None, known.pioneers[kind])


def first_user(environment: Environment, user_class: type[ApiUser], recorder: Recorder) -> ApiUser:
    """Make the user who logs in; the others use its token, so that a connection more is no log-in more.

    Raises:
        LoadError: it could not log in; `recorder` has why.
    """
    # As Locust's runners do it.
    user_class.host = environment.host
    user = user_class(environment)
    try:
        user.on_start()
    except gevent.GreenletExit as error:
        raise LoadError(f"the user could not start: {recorder.failures_in_words()}") from error
    return user


def _known(server: str) -> Known:
    if not server:
        return Known()
    known = _servers.setdefault(server, Known())
    _servers.move_to_end(server)
    if len(_servers) > MOST_SERVERS:
        _servers.popitem(last=False)
    return known
