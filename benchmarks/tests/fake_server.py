"""A server of known behaviour, for weighing the harness: `fake_server.py PORT [--delay S] [--error-every N] …`.

It keeps 300 articles, answers what the user classes ask for, and tells at `/seen` how many answers it gave.
"""

import argparse
import asyncio
import json
import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

ARTICLES = 300
COMMENTS = 3
INSTANT = "2026-01-01T00:00:00.000000Z"
AUTHOR = {"id": 2, "username": "editor-001", "name": "Editor"}
# Its multiples, without their whole parts, fill the space between 0 and 1 evenly from the first to the last.
GOLDEN_RATIO = 0.6180339887498949
TITLES = {200: "OK", 201: "Created", 404: "Not Found", 500: "Internal Server Error"}


def article(number: int, title: str | None = None) -> dict[str, object]:
    """An article as the contract has it."""
    instant = f"2026-01-01T00:00:00.{number:06d}Z"
    return {
        "id": number,
        "title": title or f"Article {number}",
        "content": "Text",
        "published": True,
        "tags": [],
        "author": AUTHOR,
        "version": 1,
        "created_at": instant,
        "updated_at": instant,
    }


def comment(number: int, article_id: int, body: str = "Text") -> dict[str, object]:
    """A comment as the contract has it."""
    return {"id": number, "article_id": article_id, "author": AUTHOR, "body": body, "created_at": INSTANT}


class Behaviour:
    """What the options say, and what has been seen."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.seen: Counter[str] = Counter()
        self.next_slot = 0.0

    async def pace(self) -> None:
        """Wait as long as the options want: a fixed delay, one of an even spread, or the next slot of a fixed rate."""
        if self.options.delay:
            await asyncio.sleep(self.options.delay)
        if self.options.spread:
            self.seen["spread"] += 1
            await asyncio.sleep(self.options.spread * (self.seen["spread"] * GOLDEN_RATIO % 1))
        if self.options.rate:
            self.next_slot = max(self.next_slot, time.monotonic()) + 1 / self.options.rate
            await asyncio.sleep(max(0.0, self.next_slot - time.monotonic()))

    async def answer(self, method: str, target: str, body: bytes) -> tuple[int, object]:
        """Route a request."""
        url = urlsplit(target)
        if url.path == "/seen":
            return 200, dict(self.seen)
        if url.path == "/health/ready":
            return 200, {"status": "ready"}
        if url.path == "/api/v1/articles" and method == "GET":
            self.seen["page"] += 1
            return 200, self.page({name: int(values[0]) for name, values in parse_qs(url.query).items()})
        if url.path == "/api/v2/articles":
            self.seen[f"after={parse_qs(url.query).get('after', ['301'])[0]}"] += 1
            return 200, self.keyset_page({name: int(values[0]) for name, values in parse_qs(url.query).items()})
        if url.path == "/api/v1/token":
            self.seen["token"] += 1
            return (401, {}) if self.options.no_token else (200, {"access_token": "t", "expires_in": 1800})
        await self.pace()
        self.seen["load"] += 1
        if self.options.stall_every and self.seen["load"] % self.options.stall_every == 0:
            # Nobody is answered meanwhile, as when a process collects its garbage.
            time.sleep(self.options.stall)
        if self.options.error_every and self.seen["load"] % self.options.error_every == 0:
            self.seen["error"] += 1
            return 500, {"code": "internal_error"}
        return self.load_answer(method, url.path, body)

    def hangs_up(self) -> bool:
        """Whether to close a connection now, without having said so."""
        every = self.options.hang_up_every
        return bool(every and self.seen["load"] and self.seen["load"] % every == 0)

    def load_answer(self, method: str, path: str, body: bytes) -> tuple[int, object]:
        """The answers to the load itself, wrong ones when the options say so."""
        title = "Another" if self.options.wrong_bodies else None
        if path.endswith("/comments"):
            return self.comments_answer(method, int(path.split("/")[-2]), body)
        if method == "POST":
            return 201, article(ARTICLES + self.seen["load"], title) | (json.loads(body) if not title else {})
        if path == "/api/v1/ping":
            return 200, {"pong": title is None}
        return 200, article(int(path.rpartition("/")[2]), title)

    def comments_answer(self, method: str, article_id: int, body: bytes) -> tuple[int, object]:
        """A new comment, or the page of those that there are; with wrong bodies those of another article."""
        article_id += self.options.wrong_bodies
        if method == "POST":
            return 201, comment(COMMENTS + self.seen["load"], article_id, json.loads(body)["body"])
        data = [comment(number, article_id) for number in range(1, COMMENTS + 1)]
        return 200, {"data": data, "meta": {"total": COMMENTS, "skip": 0, "limit": 20}}

    def keyset_page(self, query: dict[str, int]) -> object:
        """The articles after the one that the cursor names, newest first; with wrong bodies two change place."""
        after, limit = query.get("after", ARTICLES + 1), query.get("limit", 20)
        data = [article(number) for number in range(after - 1, max(0, after - 1 - limit), -1)]
        if self.options.wrong_bodies:
            data[0], data[1] = data[1], data[0]
        last = max(0, after - 1 - limit)
        return {"data": data, "meta": {"limit": limit, "next": str(last + 1) if last else None}}

    @staticmethod
    def page(query: dict[str, int]) -> object:
        """A page of the list, newest first."""
        skip, limit = query.get("skip", 0), query.get("limit", 20)
        numbers = range(ARTICLES - skip, max(0, ARTICLES - skip - limit), -1)
        meta = {"total": ARTICLES, "skip": skip, "limit": limit}
        return {"data": [article(number) for number in numbers], "meta": meta}


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behaviour: Behaviour) -> None:
    """Answer the requests of one connection until it ends."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            lines = head.decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split()
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, content = await behaviour.answer(method, target, body)
            payload = json.dumps(content).encode()
            location = f"Location: {target}/{content['id']}\r\n" if isinstance(content, dict) and status == 201 else ""
            answer = f"HTTP/1.1 {status} {TITLES.get(status, 'Status')}\r\nContent-Type: application/json\r\n{location}"
            writer.write(answer.encode() + b"Content-Length: %d\r\n\r\n" % len(payload) + payload)
            await writer.drain()
            if behaviour.hangs_up():
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--spread", type=float, default=0.0, help="delays between 0 and this, evenly")
    parser.add_argument("--stall", type=float, default=0.5, help="how long a stall takes")
    parser.add_argument("--stall-every", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--error-every", type=int, default=0)
    parser.add_argument("--hang-up-every", type=int, default=0)
    parser.add_argument("--wrong-bodies", action="store_true")
    parser.add_argument("--no-token", action="store_true")
    behaviour = Behaviour(parser.parse_args())
    server = await asyncio.start_server(
        lambda reader, writer: converse(reader, writer, behaviour), "127.0.0.1", behaviour.options.port, backlog=1024
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
