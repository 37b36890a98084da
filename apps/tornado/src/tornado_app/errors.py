"""The one place where errors become responses."""

import logging
from functools import cached_property
from types import TracebackType
from typing import Any

from tornado.web import HTTPError, RequestHandler

from blogapi.database import is_unavailable
from blogapi.http import request_id
from blogapi.jsonbody import dump_json
from blogapi.logs import SERVICE, log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem


class ProblemHandler(RequestHandler):
    """Answers every exception with problem details."""

    @cached_property
    def request_id(self) -> str:
        return request_id(self.request.headers.get("X-Request-ID"))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = self.problem_of(kwargs["exc_info"][1] if "exc_info" in kwargs else None)
        self.set_status(problem.status)
        for name, value in problem.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", MEDIA_TYPE)
        self.finish(dump_json(problem.body(self.request_id)))

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        if value is None or isinstance(value, Problem | HTTPError):
            return
        if is_unavailable(value):
            fields = {"request_id": self.request_id}
            logging.getLogger(SERVICE).warning("database_unavailable", exc_info=value, extra={"fields": fields})
        else:
            log_internal_error(value, request_id=self.request_id)

    def problem_of(self, error: BaseException | None) -> Problem:
        """What the error is to the caller."""
        if isinstance(error, Problem):
            return error
        if isinstance(error, HTTPError) and error.status_code == 405:
            return self.refused_method()
        return Problem("database_unavailable" if is_unavailable(error) else "internal_error")

    def refused_method(self) -> Problem:
        """What is answered to a method that the handler does not implement."""
        raise NotImplementedError
