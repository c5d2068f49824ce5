# The lock file nearest to the app tells the package manager: the app's own, else the repository's (workspaces).
export PM=npm PM_INSTALL=install COREPACK_DEFAULT_TO_LATEST=0 COREPACK_ENABLE_STRICT=0
for f in {.,"$CODEBUILD_SRC_DIR"}/{pnpm-lock.yaml,yarn.lock,bun.lock,bun.lockb,package-lock.json,npm-shrinkwrap.json}; do
  [ -f "$f" ] || continue
  case $f in */pnpm*) PM=pnpm ;; */yarn*) PM=yarn ;; */bun*) PM=bun ;; *) PM_INSTALL=ci ;; esac
  break
done
[ $PM = npm ] || PM_INSTALL="install --frozen-lockfile"
# corepack takes the version that package.json names; Node 25 and later come without it
case $PM in
  bun) npm i -g bun@1.4.5 ;;
  pnpm | yarn) npm i -gf corepack@0.34.7 && corepack enable ;;
esac || exit 1
auto() { [ ! -f package.json ] || (set -x && $PM $PM_INSTALL); }
export -f auto
[ "$INSTALL_COMMAND" = none ] || bash -euo pipefail -c "$INSTALL_COMMAND" || exit 1
