"""gunicorn's worker of threads, which takes no connection that it will not answer."""

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]  # it has no types


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # as above
    """Stops listening with SIGTERM; gunicorn's own keeps its sockets open, unheard, until it ends."""

    def set_accept_enabled(self, enabled: bool) -> None:
        """Begin or pause to take connections; once the worker is to stop, take those that wait, and no other."""
        super().set_accept_enabled(enabled)
        # Called again where the signal came while gunicorn began, or paused for another reason.
        if not enabled and not self.alive:
            while self.sockets:
                listener = self.sockets.pop()
                self._accept_waiting(listener)
                listener.close()

    def _accept_waiting(self, listener: object) -> None:
        # Their handshake is done, so to their clients they are connected; closing the socket would reset them.
        connections = -1
        while connections != self.nr_conns:
            connections = self.nr_conns
            self.accept(listener)
