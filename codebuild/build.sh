# The build itself: the project's command, in the app's folder. What it prints is the log that people read first.
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
for rules in _redirects _headers; do
  if [ -f "$1/$rules" ]; then
    echo "$rules: the log of the pipeline's action Upload says what its lines do"
  elif [ -f $rules ]; then
    echo "warning: $rules has no effect here: let the build put it into the output folder, $1" >&2
  fi
done
# without its theme a site may have no pages although no command has failed
[ -f "$1/index.html" ] || [ ! -f "$TOOLS/lacks" ] || cat "$TOOLS/lacks" >&2
export OUTPUT="$PWD/$1"
