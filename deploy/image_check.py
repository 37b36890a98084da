"""`make image-check V=flask`: builds a variant's image, runs what was built, and holds it to the contract.

It needs root, buildah, podman and util-linux, but no engine, no registry, no control groups. The build is isolated by
chroot. The server runs in namespaces of its own as compose.yaml has it: as the image's user, without capabilities, on a
file system that is read-only but for /tmp. The base is a Debian of debootstrap unless another image is named.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from signal import SIGTERM
from tempfile import TemporaryDirectory

import psutil

from image_build import Image, ImageError, Store, build, import_base
from variants.catalog import CatalogError, variant_named, workspace_root
from variants.contract import ROWS
from variants.databases import sqlite_database
from variants.environment import ADMIN_SETTINGS, foreign_environment, new_secret_key
from variants.groups import interrupted_by_any_stop_signal
from variants.profiles import profiles

PROGRAMS = ("buildah", "podman", "debootstrap", "unshare", "nsenter", "setpriv", "ip")
READY_SECONDS, STOP_SECONDS, POLL_SECONDS = 60.0, 40.0, 0.2
# The mounts of the container, made in its own namespace, which takes them along when it ends.
PREPARE = """
ip link set lo up
mount --bind "$1" "$1"
mount -o remount,bind,ro "$1"
mount --bind "$2" "$1/tmp"
mount --bind /dev "$1/dev"
mount -t proc proc "$1/proc"
shift 2
exec "$@"
"""


def inside(image: Image, environment: Mapping[str, str], command: Sequence[str]) -> list[str]:
    """Give the command line that runs a command in the image's tree, as its user and with its environment."""
    user = str(image.config.get("User") or "0")
    if user == "0":
        raise ImageError("the image's user is root")
    settings = [*image.texts("Env"), *(f"{key}={value}" for key, value in environment.items())]
    limits = ["--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    identity = ["setpriv", f"--reuid={user}", f"--regid={user}", *limits]
    return [
        "chroot",
        str(image.root),
        *identity,
        "env",
        "-i",
        "-C",
        str(image.config["WorkingDir"]),
        *settings,
        *command,
    ]


@contextmanager
def serving(image: Image, writable: Path, environment: Mapping[str, str]) -> Iterator[int]:
    """Run the image's CMD as process 1 of namespaces of its own until the body ends; give its number outside.

    Raises:
        ImageError: it was not ready in time, or did not end with exit code 0 after SIGTERM.
    """
    command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"]
    command += ["sh", "-ec", PREPARE, "sh", str(image.root), str(writable)]
    command += inside(image, environment, image.texts("Cmd"))
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:  # noqa: S603 - the image's own command
        try:
            server = _wait_until_healthy(process, image, environment)
            yield server.pid
            server.send_signal(SIGTERM)
            if exit_code := process.wait(STOP_SECONDS):
                raise ImageError(f"after SIGTERM the server ended with exit code {exit_code}")
        finally:
            process.kill()


def _wait_until_healthy(
    process: subprocess.Popen[bytes], image: Image, environment: Mapping[str, str]
) -> psutil.Process:
    """Ask the image's own HEALTHCHECK until it is content."""
    check = inside(image, environment, image.healthcheck)
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if children := psutil.Process(process.pid).children():
            enter = ["nsenter", f"--target={children[0].pid}", "--mount", "--net", "--pid"]
            # Silent: it is asked before the server listens too.
            if not subprocess.run([*enter, *check], check=False, capture_output=True).returncode:  # noqa: S603 - ours
                return children[0]
        time.sleep(POLL_SECONDS)
    raise ImageError(f"the server was not healthy within {READY_SECONDS:g} s")


def check(name: str, *, base: str | None, select: str | None) -> None:
    """Build, run and check one variant, and print what its image weighs.

    Raises:
        ImageError: something is not as it should be.
    """
    variant_named(name)
    settings, facts = _profile()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="image-check-", ignore_cleanup_errors=True)))
        store = Store(folder)
        stack.callback(store.buildah, "rm", "--all")
        base_image = base or import_base(store)
        image = build(store, folder, name, base_image)
        sizes = f"{image.size_bytes / 1e6:.0f} MB"
        print(f"{name}: {sizes}, {image.packages} packages, on {base_image}", flush=True)
        writable = folder / "tmp"
        writable.mkdir()
        _give_database(writable, image)
        with serving(image, writable, settings) as pid:
            suite = [f"{Path(sys.executable).parent}/compare-frameworks", "contract", "--url", "http://127.0.0.1:8000"]
            suite += ["-k", select] if select else []
            environment = foreign_environment() | settings | facts
            command = ["nsenter", f"--target={pid}", "--net", *suite]
            if subprocess.run(command, check=False, env=environment, cwd=workspace_root()).returncode:  # noqa: S603 - ours
                raise ImageError(f"{name}: the image does not keep the contract")
        print(f"{name}: {select or 'the contract'} is kept; exit code 0 after SIGTERM", flush=True)


def _profile() -> tuple[dict[str, str], dict[str, str]]:
    """The settings of a run of the suite against one server, and what the suite is told of them."""
    profile = profiles(None)[0]
    own = {"ENVIRONMENT": "production", "SECRET_KEY": new_secret_key(), "DATABASE_URL": "sqlite:////tmp/blog.sqlite3"}
    facts = {f"CONTRACT_{key}": value for key, value in profile.facts.items()}
    # Else a line for each request would hide the suite's own.
    quiet = {"LOG_LEVEL": "warning"}
    return own | ADMIN_SETTINGS | quiet | dict(profile.settings), facts


def _give_database(writable: Path, image: Image) -> None:
    user = int(str(image.config["User"]))
    with sqlite_database(ROWS) as database:
        copy = Path(shutil.copy(database.path, writable / "blog.sqlite3"))
    for path in (writable, copy):
        os.chown(path, user, user)


def main() -> int:
    """Check the variant that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("variant")
    parser.add_argument("--base", help="an image like python:slim that the build can pull")
    parser.add_argument("-k", dest="select", help="only the tests of the suite that fit this expression of pytest")
    arguments = parser.parse_args()
    if os.geteuid() or (missing := [program for program in PROGRAMS if shutil.which(program) is None]):
        print("image-check needs root" if os.geteuid() else f"not installed: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        with interrupted_by_any_stop_signal():
            check(arguments.variant, base=arguments.base, select=arguments.select)
    except (ImageError, CatalogError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
