#!/bin/sh
# lock.sh: resolves pyproject.toml for every platform and Python from 3.11 on, and writes the three lock files.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet 'uv~=0.13'
resolve() {
    output=$1
    shift
    .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-emit-index-url --no-annotate --custom-compile-command "make lock" --output-file "$output" "$@"
}
resolve requirements.lock
resolve requirements-dev.lock --extra dev --constraint requirements.lock
.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-annotate \
    --custom-compile-command "make lock" --output-file requirements-build.lock --group build
