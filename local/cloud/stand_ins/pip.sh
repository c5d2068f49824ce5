#!/bin/sh
python3 -c 'import pip' 2>/dev/null || python3 -m ensurepip -q || exit 1
exec python3 -m pip "$@"
