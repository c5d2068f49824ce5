cd "$SITE_ROOT" || exit 1
# the command as a shell would trace it: whoever reads the log then knows which one failed
[ "$BUILD_COMMAND" = none ] || { echo "+ $BUILD_COMMAND" && bash -euo pipefail -c "$BUILD_COMMAND"; } || {
  [ ! -f "$TOOLS/lacks" ] || cat "$TOOLS/lacks" >&2
  exit 1
}
set -- $OUTPUT_FOLDER
if [ $# != 1 ] || ! [ -d "$1" ]; then
  echo "OutputFolder is '$OUTPUT_FOLDER'; the build must leave exactly one such folder in $APP_ROOT, it left: $(ls -d "$@" 2>&1)" >&2
  exit 1
fi
export OUTPUT="$PWD/$1"
