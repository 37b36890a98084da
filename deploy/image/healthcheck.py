"""The HEALTHCHECK of the images, `healthcheck.py PORT`: exit code 0 when the server of this container is ready."""

import http.client
import os
import sys

TIMEOUT_SECONDS = 2.0


def main(port: int) -> int:
    """Ask `/health/ready`, under a host name that the server takes.

    Returns:
        The exit code: 1 for any answer but 200, or none.
    """
    first = os.environ.get("ALLOWED_HOSTS", "").split(",")[0].strip()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health/ready", headers={"Host": first if first not in ("", "*") else "localhost"})
        return int(connection.getresponse().status != http.HTTPStatus.OK)
    except (OSError, http.client.HTTPException) as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
