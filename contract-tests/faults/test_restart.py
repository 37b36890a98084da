"""Servers are restarted under load, and no request fails: behind nginx one after the other, and by their own reload."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest

from faults.crowd import crowd, mixed_turn
from faults.service import SETTINGS, admin_token, served
from faults.test_shutdown import lost, until_refused
from variants.catalog import Variant
from variants.environment import new_secret_key
from variants.ports import free_port
from variants.process import running
from variants.proxy import nginx_program, proxy

pytestmark = pytest.mark.in_company
CLIENTS = 6
RELOAD_SECONDS = 30.0


class Instance:
    """One of several servers on one database, always on the same port."""

    def __init__(self, variant: Variant, database_url: str, secret_key: str) -> None:
        self.port = free_port()
        self._variant, self._database_url = variant, database_url
        self._settings = {**SETTINGS, "SECRET_KEY": secret_key, "TRUSTED_PROXIES": "127.0.0.1"}
        self._stack = ExitStack()

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self._server = self._stack.enter_context(
            running(self._variant, database_url=self._database_url, port=self.port, environment=self._settings)
        )

    def stop(self) -> int | None:
        """Stop it, and give its exit code."""
        self._server.process.terminate()
        code = self._server.process.wait()
        self._stack.close()
        return code

    def close(self) -> None:
        """Stop it, if it runs."""
        self._stack.close()


@pytest.fixture
def instances(variant: Variant, database_url: str) -> Iterator[list[Instance]]:
    """Two servers on one database."""
    key = new_secret_key()
    two = [Instance(variant, database_url, key) for _ in range(2)]
    for instance in two:
        instance.start()
    yield two
    for instance in two:
        instance.close()


def test_a_rolling_restart_behind_nginx_loses_nothing(instances: list[Instance]) -> None:
    require_nginx()
    codes = []
    with proxy([instance.port for instance in instances]) as front:
        token = admin_token(front.base_url)
        with crowd(front.base_url, token, mixed_turn, clients=CLIENTS) as clients:
            for instance in instances:
                clients.wait_for(40)
                codes.append(instance.stop())
                clients.wait_for(20)
                instance.start()
            clients.wait_for(40)
    assert [str(call) for call in clients.calls if not call.is_answered or call.status not in (200, 201)] == []
    assert codes == [0, 0]


@pytest.mark.long
def test_a_reload_of_the_workers_loses_nothing(reloading_variant: Variant, database_url: str) -> None:
    with served(reloading_variant, database_url, workers=2) as service:
        before = children(service.server.pid)
        with crowd(service.base_url, service.token, until_refused, clients=CLIENTS) as clients:
            clients.wait_for(40)
            service.server.process.send_signal(signal.SIGHUP)
            deadline = time.monotonic() + RELOAD_SECONDS
            while before & children(service.server.pid):
                assert time.monotonic() < deadline, "the workers were not replaced"
                time.sleep(0.1)
            clients.wait_for(40)
    assert [str(call) for call in lost(clients.calls)] == []
    assert [str(call) for call in clients.calls if call.is_answered and call.status not in (200, 201)] == []


def children(pid: int) -> set[int]:
    """The workers, and whatever else the server has started that listens."""
    return {
        child.pid
        for child in psutil.Process(pid).children(recursive=True)
        if any(one.status == psutil.CONN_LISTEN for one in child.net_connections(kind="tcp"))
    }


def require_nginx() -> None:
    """Leave the test out where there is no nginx, but in CI fail."""
    if nginx_program() is not None:
        return
    missing = "nginx is not installed (apt-get install nginx): the proxy's part was not tested"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
