"""The user that all others are made of: checks every answer, logs in once, waits as it is told."""

import http
import json
import logging
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import gevent  # type: ignore[import-untyped] # gevent has no types
from locust import FastHttpUser
from locust.contrib.fasthttp import ResponseContextManager
from locust.env import Environment

from traffic.agent import LeanAgent
from traffic.base_data import BaseData, BaseDataError, read_base_data
from traffic.checks import token_fault

TOKEN_PATH = "/api/v1/token"  # noqa: S105 - a path
# A body is parsed and compared once in so many answers; the status is checked each time.
CHECK_EVERY = 50
RENEW_SECONDS = 60
Check = Callable[[object, ResponseContextManager], str | None]

_base_data: WeakKeyDictionary[Environment, BaseData | BaseDataError] = WeakKeyDictionary()
_base_data_lock = threading.Lock()
# The user of each environment whose token all the others send; where there is none, everyone logs in.
_pioneers: "WeakKeyDictionary[Environment, ApiUser]" = WeakKeyDictionary()


class WrongStatusError(Exception):
    """An answer with another status than the contract's."""


class WrongBodyError(Exception):
    """An answer with the right status and a wrong body."""


@dataclass(frozen=True)
class Account:
    """Who logs in: names of environment variables, and the demo data's values for when they are not set."""

    variable: str
    default: str

    def form(self) -> str:
        """The token request's body."""
        username = os.environ.get(self.variable, self.default)
        password = os.environ.get("LOADTEST_PASSWORD", "demo-password")
        return urlencode({"grant_type": "password", "username": username, "password": password})


READER = Account("LOADTEST_READER", "viewer-001")
WRITER = Account("LOADTEST_WRITER", "editor-001")


def base_data_of(environment: Environment, host: str) -> BaseData:
    """Read the base data once for all users of an environment.

    Raises:
        BaseDataError: the API gives none; it is asked only once.
    """
    with _base_data_lock:
        if environment not in _base_data:
            try:
                _base_data[environment] = read_base_data(host)
            except BaseDataError as error:
                _base_data[environment] = error
    known = _base_data[environment]
    if isinstance(known, BaseDataError):
        raise known
    return known


def share(environment: Environment, base_data: BaseData | None, pioneer: "ApiUser | None") -> None:
    """Let the users of an environment start with what is known of the server already: its rows, and a token."""
    if base_data is not None:
        _base_data[environment] = base_data
    if pioneer is not None:
        _pioneers[environment] = pioneer


def forget_base_data(environment: Environment) -> None:
    """Read the base data again at the next start, as another host may be named by then."""
    _base_data.pop(environment, None)


class ApiUser(FastHttpUser):
    """A client of the API. `ready` turns true when nothing but the load itself is left to do."""

    abstract = True
    # A redirect is a wrong answer here, never a second request.
    max_redirects = 0
    account: Account | None = None
    wants_base_data = True
    human_wait_seconds = 0.0
    ready = False
    # What an open loop sends the request for; None where users keep their own pace.
    arrival: object = None

    def on_start(self) -> None:
        """Log in and read what is needed, before the first request that counts."""
        pioneer = _pioneers.get(self.environment)
        if pioneer is not None:
            self.start_as(pioneer)
            return
        self._connect()
        self._token_expires = float("inf")
        self._headers: dict[str, str] = {}
        if self.wants_base_data:
            self.data = self._read_base_data()
        if self.account is not None and not self.log_in():
            raise gevent.GreenletExit
        self.ready = True

    def start_as(self, other: "ApiUser") -> None:
        """Start as one who knows what another knows: the same token and base data, over a connection of its own."""
        self._connect()
        self._token_expires, self._headers = other._token_expires, other._headers
        if self.wants_base_data:
            self.data = other.data
        self.ready = True

    def on_stop(self) -> None:
        """Close the connection now: garbage is not collected between two measurements."""
        if isinstance(self.client.client, LeanAgent):
            self.client.client.close()

    @property
    def is_to_log_in_again(self) -> bool:
        """Whether the token that it sends is about to expire."""
        return time.monotonic() > self._token_expires

    def context(self) -> dict[str, object]:
        """What Locust tells whoever listens to requests, beside the answer."""
        return {"arrival": self.arrival}

    def wait_time(self) -> float:
        """Seconds between two requests: `--wait`, or what is usual for the class; none without a command line."""
        options = self.environment.parsed_options
        if options is None:
            return 0.0
        mean = self.human_wait_seconds if options.wait is None else options.wait
        return random.uniform(0.5, 1.5) * mean  # noqa: S311 - the pace of a visitor, no secret

    def log_in(self) -> bool:
        """Get a token and send it from now on; False when there is none, and the failure is in the statistics."""
        name, form = TOKEN_PATH, self.account.form() if self.account else ""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with self.client.post(name, data=form, headers=headers, name=name, catch_response=True) as response:
            fault = self._fault(response, http.HTTPStatus.OK, lambda body, _: token_fault(body), always=True)
        if fault:
            return False
        body = json.loads(response.content or b"")
        self._headers = {"Authorization": f"Bearer {body['access_token']}"}
        self._token_expires = time.monotonic() + body["expires_in"] - RENEW_SECONDS
        return True

    def get(self, path: str, *, name: str, check: Check) -> bytes:
        """Send a GET and judge its answer; `name` is the route's template. Gives the body, empty when there is none."""
        self._renew_token()
        with self.client.get(path, headers=self._headers, name=name, catch_response=True) as response:
            self._fault(response, http.HTTPStatus.OK, check)
        return response.content or b""

    def post(self, path: str, body: object, *, name: str, check: Check) -> None:
        """Create something from a JSON body and judge the answer; `name` is the route's template."""
        self._renew_token()
        with self.client.post(path, json=body, headers=self._headers, name=name, catch_response=True) as response:
            self._fault(response, http.HTTPStatus.CREATED, check)

    def _connect(self) -> None:
        if str(self.host).startswith("http://"):
            self.client.client = LeanAgent(str(self.host), timeout_seconds=self.network_timeout)
        self._until_check = random.randrange(CHECK_EVERY)  # noqa: S311 - spreads the checks, no secret

    def _renew_token(self) -> None:
        if self.is_to_log_in_again:
            self.log_in()

    def _fault(self, response: ResponseContextManager, status: int, check: Check, *, always: bool = False) -> bool:
        """Mark the response as failed when it is; one that never came keeps the exception that it has."""
        if response.status_code != status:
            if response.status_code:
                response.failure(WrongStatusError(f"status {response.status_code} instead of {int(status)}"))  # type: ignore[no-untyped-call] # Locust's
            return True
        self._until_check -= 1
        if self._until_check >= 0 and not always:
            return False
        self._until_check = CHECK_EVERY - 1
        fault = _body_fault(response, check)
        if fault:
            response.failure(WrongBodyError(fault))  # type: ignore[no-untyped-call] # Locust's
        return fault is not None

    def _read_base_data(self) -> BaseData:
        try:
            return base_data_of(self.environment, str(self.host))
        except BaseDataError as error:
            if self.environment.runner is not None and self.environment.process_exit_code is None:
                self.environment.process_exit_code = 1
                logging.getLogger(__name__).error("%s", error)  # noqa: TRY400 - a trace would hide the one line
                gevent.spawn(self.environment.runner.quit)
            raise gevent.GreenletExit from error


def _body_fault(response: ResponseContextManager, check: Check) -> str | None:
    try:
        body = json.loads(response.content or b"")
    except ValueError:
        return "body is no JSON"
    return check(body, response)
