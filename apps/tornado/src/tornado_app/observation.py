"""What the operator sees of each request: told to the process's observer as its handler begins and as it answers."""

import re
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tornado.web import RequestHandler

from blogapi.http import request_id
from blogapi.observation import UNMATCHED, Observer
from blogapi.rules import ID_PATTERN

if TYPE_CHECKING:
    from tornado.concurrent import Future

_VARIABLE = re.compile(r"\(\?P<(\w+)>[^)]*\)")
# As nginx has it, for a client that went away before it was answered.
CLIENT_CLOSED_REQUEST = 499


class ObservedHandler(RequestHandler):
    """Observes its request from its own making to the answer."""

    def initialize(self, route: str = UNMATCHED) -> None:
        self.route = route
        self.observation = self.observer.begin(self.request.headers.get("traceparent"))
        self.is_observed = True

    @property
    def observer(self) -> Observer:
        observer: Observer = self.settings["observer"]
        return observer

    @cached_property
    def request_id(self) -> str:
        return request_id(self.request.headers.get("X-Request-ID"))

    def flush(self, include_footers: bool = False) -> "Future[None]":
        # `finish` sends with footers, once. The log function comes after that: another process could not count it yet.
        if include_footers:
            self._end(self.get_status())
        return super().flush(include_footers)

    def on_connection_close(self) -> None:
        # Also where a stopping server closes it. Without the body there is no answer; with it, none that anybody sees.
        self._end(CLIENT_CLOSED_REQUEST)
        super().on_connection_close()

    def _end(self, status: int) -> None:
        if not self.is_observed:
            return
        self.is_observed = False
        request = self.request
        self.observer.end(
            self.observation,
            method=str(request.method),
            path=unquote(request.path),
            status=status,
            request_id=self.request_id,
            peer=request.remote_ip,
            forwarded_for=request.headers.get("X-Forwarded-For"),
        )


def route_template(pattern: str) -> str:
    """Give a route's path as the document has it, by its regular expression."""
    return _VARIABLE.sub(r"{\1}", pattern.replace(ID_PATTERN, "")).replace("\\", "")
