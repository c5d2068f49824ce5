cd "$APP_ROOT" || { echo "AppRoot is '$APP_ROOT', no folder of the source: correct the parameter" >&2; exit 1; }
export SITE_ROOT=$PWD
# n is on every managed image, with the exact versions it brings in such variables
n "$(printenv "NODE_${NODE_VERSION}_VERSION" || echo "$NODE_VERSION")" || exit 1
