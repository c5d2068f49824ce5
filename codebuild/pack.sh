# The one file in which the build hands over its output: all that it may leave, as it has no right on the site.
ARCHIVE_SHA256=$(PYENV_VERSION= python3 -I pack.py "$OUTPUT") || exit 1
# CodePipeline keeps it for the upload; the artifact is only there because an action must have one
export ARCHIVE_SHA256
echo "$ARCHIVE_SHA256" > "$CODEBUILD_SRC_DIR/built.txt"
