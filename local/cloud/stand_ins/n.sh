#!/bin/sh
# The machine's own Node stands for whichever the build asks for.
have=$(node -p process.versions.node) || exit 1
case $have in "$1" | "$1".*) ;; *) echo "Node $have of this machine stands for Node $1" ;; esac
