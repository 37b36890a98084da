"""The one place where errors become responses."""

from types import TracebackType
from typing import Any

from tornado.web import HTTPError

from blogapi.database import is_unavailable
from blogapi.jsonbody import dump_json
from blogapi.logs import log_database_unavailable, log_internal_error
from blogapi.problems import MEDIA_TYPE, Problem
from tornado_app.responses import ResponseHandler


class ProblemHandler(ResponseHandler):
    """Answers every exception with problem details."""

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        problem = self.problem_of(kwargs["exc_info"][1] if "exc_info" in kwargs else None)
        self.set_status(problem.status)
        self.set_headers(problem.headers)
        self.write_as(MEDIA_TYPE, dump_json(problem.body(self.request_id)))
        self.finish()

    def log_exception(
        self, typ: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None
    ) -> None:
        if value is None or isinstance(value, Problem | HTTPError):
            return
        if is_unavailable(value):
            log_database_unavailable(value, request_id=self.request_id)
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
