"""Builds a variant's image in a temporary folder, without an engine or a registry, and mounts it."""

import json
import os
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from variants.catalog import workspace_root

SUITE = "bookworm"
PACKAGES = "python3,python3-venv,ca-certificates"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CERTIFICATES = "SSL_CERT_FILE"
# Variables that tell pip and uv how packages are reached here.
INDEX_PREFIXES = ("PIP_", "UV_")
STORAGE_VARIABLE, STORAGE_DRIVER = "STORAGE_DRIVER", "overlay"


class ImageError(Exception):
    """The image is not as it should be; the message says how."""


@dataclass(frozen=True)
class Image:
    """A built image, mounted at `root`."""

    root: Path
    config: Mapping[str, object]
    healthcheck: list[str]
    size_bytes: int

    @property
    def packages(self) -> int:
        """How many distributions its virtual environment holds."""
        return len(list(self.root.glob("opt/venv/lib/python*/site-packages/*.dist-info")))

    def texts(self, key: str) -> list[str]:
        """A list of the image's configuration: Cmd, Env."""
        values = self.config.get(key) or []
        assert isinstance(values, list)  # noqa: S101 - as the image's format has it
        return [str(value) for value in values]


class Store:
    """Images in a temporary folder, which leave nothing on this machine."""

    def __init__(self, folder: Path) -> None:
        # Where a file system cannot be laid over another: STORAGE_DRIVER=vfs.
        driver = os.environ.get(STORAGE_VARIABLE, STORAGE_DRIVER)
        self._options = ["--root", f"{folder}/images", "--runroot", f"{folder}/run", "--storage-driver", driver]

    def buildah(self, *arguments: str) -> str:
        return _output(["buildah", *self._options, *arguments])

    def podman(self, *arguments: str) -> str:
        return _output(["podman", *self._options, *arguments])


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=workspace_root())  # noqa: S603 - ours
    if done.returncode:
        raise ImageError(f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout.strip()


def import_base(store: Store) -> str:
    """Make a base image like python:slim out of Debian's own Python; the file tree is kept in `.work/image-check`.

    Returns:
        The image's name.
    """
    tree = workspace_root() / ".work" / "image-check" / SUITE
    if not tree.exists():
        draft = tree.with_name(f"{SUITE}-{secrets.token_hex(4)}")
        draft.mkdir(parents=True)
        _output(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(draft)])
        (draft / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        shutil.rmtree(draft / "var/cache/apt", ignore_errors=True)
        draft.rename(tree)
    name = "localhost/base"
    container = store.buildah("from", "scratch")
    store.buildah("add", "--quiet", container, str(tree), "/")
    store.buildah("config", "--env", f"PATH={PATH}", container)
    store.buildah("commit", "--quiet", "--rm", container, name)
    return name


def build(store: Store, folder: Path, name: str, base: str) -> Image:
    """Build `apps/NAME/Dockerfile` on a base image, and mount it.

    How packages are reached is told by this process's variables PIP_…, UV_… and SSL_CERT_FILE; the image keeps none.
    """
    index = folder / "index.env"
    wanted = {key: value for key, value in os.environ.items() if key.startswith(INDEX_PREFIXES) or key == CERTIFICATES}
    index.touch(mode=0o600)
    index.write_text("".join(f"{key}={shlex.quote(value)}\n" for key, value in wanted.items()), encoding="utf-8")
    options = ["--secret", f"id=index,src={index}"]
    if CERTIFICATES in wanted:
        options += ["--volume", f"{wanted[CERTIFICATES]}:{wanted[CERTIFICATES]}:ro"]
    image = f"localhost/{name}"
    arguments = ["--isolation=chroot", "--format=docker", f"--build-arg=PYTHON_IMAGE={base}"]
    store.buildah("bud", *arguments, *options, f"--file=apps/{name}/Dockerfile", f"--tag={image}", ".")
    (facts,) = json.loads(store.podman("image", "inspect", image))
    root = store.buildah("mount", store.buildah("from", image))
    return Image(
        root=Path(root), config=facts["Config"], healthcheck=facts["Healthcheck"]["Test"][1:], size_bytes=facts["Size"]
    )
