#!/bin/sh
# Runs one command until it ends or Ctrl-C is pressed, and leaves without an error message in both cases.
set -u
"$@" &
child=$!
stopped=
trap 'stopped=yes; kill -TERM "$child" 2>/dev/null' INT TERM HUP
wait "$child"
status=$?
if [ -n "$stopped" ]; then
    wait "$child" 2>/dev/null
    exit 0
fi
exit "$status"
