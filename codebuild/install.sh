# What the project needs. It is a phase of its own, so that a failure of registry or lock file is told as that.
auto manager || exit 1
[ "$INSTALL_COMMAND" = none ] || bash -euo pipefail -c "$INSTALL_COMMAND" || exit 1
