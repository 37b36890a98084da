"""Entity tags as the tests read and write them."""

from client import Client

# With it an answer is in its plain form, and so is its tag.
PLAIN = {"Accept-Encoding": "identity"}


def tag_of(caller: Client, path: str) -> str:
    """The present tag of a resource, without compression."""
    return str(caller.get(path, headers=PLAIN).expect(200).headers["ETag"])


def spelled(template: str, tag: str) -> str:
    """A header's value with a tag in it: `{tag}`, its gzip form `{gzip}`, or what is between its quotes, `{bare}`."""
    return template.format(tag=tag, bare=tag.strip('"'), gzip=tag[:-1] + '-gzip"')
