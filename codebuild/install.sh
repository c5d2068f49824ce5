auto manager || exit 1
[ "$INSTALL_COMMAND" = none ] || bash -euo pipefail -c "$INSTALL_COMMAND" || exit 1
