#!/bin/sh
# install.sh run|dev: makes .venv, installs the locked libraries into it and Jalon itself from this checkout.
# Returns at once when that has been done for these lock files.
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
case $1 in
    run) locks="requirements-build.lock requirements.lock" ;;
    dev) locks="requirements-build.lock requirements-dev.lock" ;;
esac
stamp=.venv/installed-$1

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }
root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
make_venv() { { "$python" -m venv --clear .venv || "$python" -m virtualenv --clear .venv || { rm -rf .venv && false; }; } >/dev/null 2>&1; }

state=$(cat $locks pyproject.toml | cksum; pwd)
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$state" ] && .venv/bin/python -c '' 2>/dev/null; then exit 0; fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "Jalon needs Python 3.11 or newer, and '$python' is not: name another one with PYTHON=/path/to/python3."

if ! .venv/bin/python -m pip --version >/dev/null 2>&1 || [ "$(cat .venv/checkout 2>/dev/null)" != "$(pwd)" ]; then
    say "Making a virtual environment in .venv"
    if ! make_venv; then
        package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        may_install || fail "Python cannot make virtual environments here: install the package $package (as root: apt-get install $package) and try again."
        say "Installing $package"
        root apt-get update -qq >/dev/null || true
        root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$package" >/dev/null 2>&1 ||
            fail "apt-get could not install $package, without which Python cannot make virtual environments here."
        make_venv || fail "'$python -m venv .venv' does not work, even with $package installed."
    fi
    pwd >.venv/checkout
fi

say "Installing Jalon's libraries into .venv (the first time takes a minute or two)"
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip"

# Reads pip's report and prints a line for each library.
progress() {
    while read -r action what rest; do
        case $action in
            Collecting) say "  $what" ;;
            Processing) what=${what##*/} && say "  ${what%-*-*-*}" ;;
            Installing) say "  writing the files" ;;
        esac
    done
}

for lock in $locks; do
    { $pip install --no-color --require-hashes --no-deps -r "$lock" || touch .venv/failed; } | progress
    [ ! -e .venv/failed ] || { rm .venv/failed; fail "The libraries could not be installed: see above."; }
done
$pip install --quiet --no-deps --no-build-isolation --editable .
printf '%s' "$state" >"$stamp"
say "Installed."
