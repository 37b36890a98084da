"""A server of known cost, to weigh the harness with: `python -m benchmarks.run.weight PORT WORK`.

It answers as the server that does nothing, after it has read WORK pieces of JSON, which cost the same number of
instructions each. A loop that did nothing would do for those, but not for the clock: it is so tight that one start runs
it in 173 µs and another in 206 or 239, as its code and data happen to lie. What reads JSON differs by 1 %.
"""

import asyncio
import json
import sys
from itertools import repeat

from benchmarks.run.nothing import END_OF_REQUEST, Nothing

PIECE = "[7, 8]"


class Weight(Nothing):
    """Works for each request before it is answered."""

    def __init__(self, work: int) -> None:
        super().__init__()
        self._work = work

    def data_received(self, data: bytes) -> None:
        """Do the work of each request that ends in these bytes, and answer."""
        for _ in repeat(None, data.count(END_OF_REQUEST) * self._work):
            json.loads(PIECE)
        super().data_received(data)


async def serve(port: int, work: int) -> None:
    """Listen on the loopback address until the process is ended."""
    server = await asyncio.get_running_loop().create_server(lambda: Weight(work), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
