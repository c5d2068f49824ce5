# nothing that a repository or a build has left may stand beside our program, in its place, or choose its Python
cd "$(mktemp -d)" || exit 1
