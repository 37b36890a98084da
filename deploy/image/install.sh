#!/bin/sh
# Fills /opt/venv for an image. Run in the root of the workspace:
#   install.sh dependencies FOLDER…    what the distributions in these folders depend on, exactly as requirements.lock has it
#   install.sh distributions FOLDER…   the distributions themselves, as wheels
# UV_EXTRA may name an extra of theirs ("tracing").
set -eu
step=$1
shift
tools=/opt/tools venv=/opt/venv
export PYC_INVALIDATION_MODE=UNCHECKED_HASH UV_PYTHON_DOWNLOADS=never UV_NO_CACHE=1

# How an index of packages is reached is the builder's own affair: a secret of the build, in no layer of the image.
if [ -f /run/secrets/index ]; then
    set -a
    . /run/secrets/index
    set +a
fi

# lock FILE ARGUMENT…: the part of requirements.lock that the arguments ask for. uv keeps the versions and hashes of the
# file that it writes over, and drops what nobody asks for.
lock() {
    file=$1
    shift
    cp requirements.lock "$file"
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate --no-emit-package blogapi "$@" -o "$file" >/dev/null
    # Without the conditions, which are narrower where fewer ask for a package.
    sed 's/ ;.*/ \\/' requirements.lock >/tmp/all.txt
    if sed 's/ ;.*/ \\/' "$file" | grep -vxFf /tmp/all.txt; then
        echo "requirements.lock has not all that is needed (the lines above): run make lock" >&2
        exit 1
    fi
}

install_tools() {
    python -m venv "$tools"
    awk '/^[a-z]/ {wanted = /^uv==/} wanted' requirements.lock >/tmp/uv.txt
    "$tools/bin/python" -m pip install --quiet --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/uv.txt
    lock /tmp/build.txt --group build
    "$tools/bin/uv" pip sync --quiet --python "$tools/bin/python" --require-hashes /tmp/build.txt
}

install_dependencies() {
    for folder in "$@"; do
        set -- "$@" "$folder/pyproject.toml"
        shift
    done
    lock /tmp/requirements.txt ${UV_EXTRA:+--extra "$UV_EXTRA"} "$@"
    "$tools/bin/uv" venv --quiet --python "$(command -v python)" "$venv"
    "$tools/bin/uv" pip sync --quiet --compile-bytecode --python "$venv/bin/python" --require-hashes /tmp/requirements.txt
}

install_distributions() {
    for folder in "$@"; do
        (cd "$folder" && "$tools/bin/python" -m hatchling build -t wheel -d /tmp/wheels)
    done
    "$tools/bin/uv" pip install --quiet --compile-bytecode --python "$venv/bin/python" --no-deps --no-index /tmp/wheels/*.whl
}

case $step in
dependencies)
    install_tools
    install_dependencies "$@"
    ;;
distributions)
    install_distributions "$@"
    ;;
*)
    echo "install.sh: unknown step $step" >&2
    exit 2
    ;;
esac
