auto() { if [ -f package-lock.json ]; then npm ci; elif [ -f package.json ]; then npm install; fi; }
export -f auto
[ "$INSTALL_COMMAND" = none ] || bash -euo pipefail -c "$INSTALL_COMMAND" || exit 1
