cd "$SITE_ROOT" || exit 1
[ "$BUILD_COMMAND" = none ] || bash -euo pipefail -c "$BUILD_COMMAND" || {
  [ ! -f "$TOOLS/lacks" ] || cat "$TOOLS/lacks" >&2
  exit 1
}
set -- $OUTPUT_FOLDER
if [ $# != 1 ] || ! [ -d "$1" ]; then
  echo "OutputFolder is '$OUTPUT_FOLDER'; the build must leave exactly one such folder in $APP_ROOT, it left: $(ls -d "$@" 2>&1)" >&2
  exit 1
fi
export OUTPUT="$PWD/$1"
