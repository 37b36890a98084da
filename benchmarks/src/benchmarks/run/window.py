"""One measurement: a load by the generator, and what the operating system accounts for meanwhile."""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.files import load_from
from benchmarks.run.accounting import spent, take
from benchmarks.run.generator import Generator
from benchmarks.run.probes import Probed, running_probes
from benchmarks.studies import Load, Usage
from variants.watch import tree_usage


class WindowWatch:
    """Reads the system's accounts at the two ends of a window, and the server's memory after it."""

    def __init__(
        self, server_pid: int, cores: tuple[int, ...], database_pid: int | None, idle_pids: tuple[int, ...] = ()
    ) -> None:
        self._server_pid = server_pid
        self._database_pid = database_pid
        self._idle_pids = idle_pids
        self._cores = cores
        self._began = self._ended = take(cores)

    def on_event(self, event: str) -> None:
        """Take `window_begins` and `window_ends` from the generator."""
        if event == "window_begins":
            self._began = take(self._cores)
        else:
            self._ended = take(self._cores)

    def usage(self, probe_seconds: float = 0.0) -> Usage:
        """What was used between the two events.

        Parameters:
            probe_seconds: CPU time of the speed probes on the server's cores.
        """
        memory = tree_usage(self._server_pid)
        used = spent(
            self._began,
            self._ended,
            server_pid=self._server_pid,
            cores=self._cores,
            database_pid=self._database_pid,
            idle_pids=self._idle_pids,
            probe_seconds=probe_seconds,
        )
        return Usage(
            seconds=used.seconds,
            server_cpu_seconds=used.server,
            others_cpu_seconds=used.others,
            stolen_seconds=used.stolen,
            pss_bytes=memory.pss_bytes,
            rss_bytes=memory.rss_bytes,
            database_cpu_seconds=used.database,
        )


def measure(
    generator: Generator,
    request: Mapping[str, object],
    *,
    server_pid: int,
    cores: tuple[int, ...],
    database_pid: int | None = None,
    idle_pids: tuple[int, ...] = (),
) -> tuple[Load, Usage]:
    """Put a load on a server, probe the speed of its cores meanwhile, and account for it.

    Parameters:
        request: what the generator is asked for; see `loadtests/generator.py`.
        server_pid: the process below which all of the server is.
        cores: the cores that only the server may use, empty where there are none.
        database_pid: the process below which all of the database's server is; None where there is none in sight.
        idle_pids: the processes below which servers are that share the cores and have nothing to do.

    Raises:
        LoadFailedError: the load could not be brought up.
        GeneratorError: the generator ended.
        ProbeError: a speed probe did not do its work.
        ResultError: the generator and this tool are not of the same version.
    """
    watch = WindowWatch(server_pid, cores, database_pid, idle_pids)
    probed = Probed(None, 0.0)
    with running_probes(cores) as probes:

        def on_event(event: str) -> None:
            nonlocal probed
            if event == "window_begins":
                probes.begin()
            else:
                probed = probes.end()
            watch.on_event(event)

        load = load_from(generator.measure(request, on_event))
    return replace(load, probe_seconds=probed.seconds), watch.usage(probed.cpu_seconds)
