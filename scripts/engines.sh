#!/bin/sh
# engines.sh NAME...: installs the shop software that the tests drive, at the exact versions of
# tests/engines/NAME/package-lock.json, into JALON_TEST_ENGINES_DIR or else the user's cache. Returns at once when that has
# been done. What cannot be installed is said, and its tests are skipped; with JALON_TEST_ENGINES=needed it is an error.
set -eu
cd "$(dirname "$0")/.."
home=${JALON_TEST_ENGINES_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/jalon/engines}
failed=

without() {
    echo "No $1: $2. The tests that drive it are skipped." >&2
    failed=yes
}

has_node() {
    command -v npm >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

# Into a folder beside, which takes its place when it is whole: two runs at once do not meet.
install() {
    fresh=$(mktemp -d "$home/$1.XXXXXX")
    cp "tests/engines/$1/package.json" "tests/engines/$1/package-lock.json" "tests/engines/$1/.npmrc" "$fresh/"
    echo "Installing $1 into $home (the first time takes a minute or two)"
    if (cd "$fresh" && npm ci --no-progress --loglevel=error) >"$fresh/install.log" 2>&1; then
        printf '%s' "$2" >"$fresh/installed"
        rm -rf "${home:?}/$1"
        mv "$fresh" "$home/$1"
    else
        tail -n 20 "$fresh/install.log" >&2
        rm -rf "$fresh"
        without "$1" "npm could not install it"
    fi
}

mkdir -p "$home"
for name; do
    wanted=$(cat "tests/engines/$name/package-lock.json" "tests/engines/$name/.npmrc" | sha256sum | cut -d' ' -f1)
    if [ "$(cat "$home/$name/installed" 2>/dev/null)" = "$wanted" ]; then continue; fi
    if has_node; then install "$name" "$wanted"; else without "$name" "it needs npm and Node.js 20.19 or newer"; fi
done
[ -z "$failed" ] || [ "${JALON_TEST_ENGINES:-}" != needed ]
