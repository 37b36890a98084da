"""A server of known cost, to weigh the harness with: `python -m benchmarks.run.weight PORT WORK`.

It answers as the server that does nothing, after WORK turns of a loop, which cost the same number of instructions each.
"""

import asyncio
import sys
from itertools import repeat

from benchmarks.run.nothing import END_OF_REQUEST, Nothing


class Weight(Nothing):
    """Works for each request before it is answered."""

    def __init__(self, work: int) -> None:
        super().__init__()
        self._work = work

    def data_received(self, data: bytes) -> None:
        """Do the work of each request that ends in these bytes, and answer."""
        # Numbers would cost more from 257 on, where Python makes new ones.
        for _ in repeat(None, data.count(END_OF_REQUEST) * self._work):
            pass
        super().data_received(data)


async def serve(port: int, work: int) -> None:
    """Listen on the loopback address until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Weight(work), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
