#!/bin/sh
# programs.sh NAME...: sees to it that these programs are on the machine, by apt-get where it may.
# What stays missing is said, with what that means; with CI=true it is an error.
set -eu

root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
may_install() { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
is_on_path() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }

present() {
    case $1 in
        postgresql) [ -n "${JALON_TEST_POSTGRES_BIN:-}" ] || is_on_path initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ;;
        chromium) [ -n "${JALON_TEST_CHROMIUM:-}" ] || is_on_path chromium || is_on_path chromium-browser || is_on_path google-chrome ;;
        nchan) ls /usr/lib/nginx/modules/ngx_nchan_module.so >/dev/null 2>&1 ;;
        *) is_on_path "$1" ;;
    esac
}

package() { case $1 in nchan) echo libnginx-mod-nchan ;; *) echo "$1" ;; esac }

without() {
    case $1 in
        postgresql) echo "the tests on PostgreSQL are skipped; install PostgreSQL's server, or name its folder of programs in JALON_TEST_POSTGRES_BIN" ;;
        chromium) echo "the browser tests are skipped; install Chromium, or name one in JALON_TEST_CHROMIUM" ;;
        nginx) echo "the tests of the proxy's settings and the comparison with it are skipped; install nginx" ;;
        *) echo "what is measured with it is left out; install $(package "$1")" ;;
    esac
}

# Debian starts a server when its package is installed; these are wanted as programs only.
hold_services() {
    [ ! -e /usr/sbin/policy-rc.d ] || return 0
    trap 'root rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | root tee /usr/sbin/policy-rc.d >/dev/null
    root chmod 755 /usr/sbin/policy-rc.d
}

install() {
    echo "Installing $1"
    report=$(root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$1" 2>&1) ||
        printf '%s\n' "$report" | tail -n 20 >&2
}

missing=
for name; do present "$name" || missing="$missing $name"; done
[ -n "$missing" ] || exit 0

if may_install; then
    hold_services
    root apt-get update -qq >/dev/null || true
    for name in $missing; do install "$(package "$name")"; done
fi

absent=
for name in $missing; do
    present "$name" || { absent=yes; echo "No $name: $(without "$name")." >&2; }
done
if [ -n "$absent" ] && [ "${CI:-}" = true ]; then
    echo "CI=true: nothing may be missing." >&2
    exit 1
fi
