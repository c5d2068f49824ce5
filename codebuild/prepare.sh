# The folder and the Node of the project, before anything of it runs.
cd "$APP_ROOT" || { echo "AppRoot is '$APP_ROOT', no folder of the source: correct the parameter" >&2; exit 1; }
export SITE_ROOT=$PWD
node=$(auto node) || exit 1
echo "Node $node"
# n is on every managed image, and gets from nodejs.org what the image lacks
n "${node%%:*}" || { echo "n cannot get Node $node; correct that, or set the parameter NodeVersion" >&2; exit 1; }
