# What the source may lack, said before the build fails for want of it: history, submodules, files of Git LFS.
if [ -e .git ]; then
  # FullClone. Whoever owns the folder, the build may ask git; and nobody is there to be asked for a password.
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' GIT_TERMINAL_PROMPT=0
  # All of the history is what CodeBuild fetches where nothing limits it; if it should not, the rest is fetched here.
  # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-codebuild-project-source.html
  [ "$(git rev-parse --is-shallow-repository)" = false ] || git fetch -q --unshallow || exit 1
  if [ -f .gitmodules ]; then
    # Below the connection's address there is no other repository that the build may read.
    if git config -f .gitmodules --get-regexp 'submodule\..*\.url' '^\.\.?/'; then
      echo "a submodule whose address is relative cannot be read: write its https address into .gitmodules" >&2
      exit 1
    fi
    set --
    for host in github.com gitlab.com bitbucket.org; do set -- "$@" -c "url.https://$host/.insteadOf=git@$host:"; done
    git "$@" submodule update --init --recursive || {
      echo "a submodule cannot be read: a build reads public ones, by their https address in .gitmodules" >&2
      exit 1
    }
  fi
  if git grep -q filter=lfs -- ':(glob)**/.gitattributes'; then
    git lfs install --local && git lfs pull || echo "warning: git lfs pull failed: its files are pointers" >&2
  fi
else
  without="and the source is one commit's files: set the parameter FullClone to true"
  {
    [ ! -f .gitmodules ] || echo "warning: .gitmodules names submodules, $without"
    find . -name node_modules -prune -o -size -2 -type f -exec grep -l '^version https://git-lfs.github.com/' {} + |
      head -3 | sed "s~^\./\(.*\)~warning: \1 is a pointer of Git LFS, $without~"
    # Docusaurus, Hugo, VitePress and Starlight, MkDocs, Sphinx, Jekyll
    history='showLastUpdate[A-Z][a-z]*|enableGitInfo|lastUpdated|git-revision-date|updated_by_git|last-modified-at'
    find . -name node_modules -prune -o -type f |
      grep -E '/((docusaurus|astro)\.config|\.vitepress/config|hugo\.|_?config\.(toml|ya?ml)$|mkdocs\.yml$|conf\.py$)' |
      tr '\n' '\0' | xargs -0 grep -HE "$history" /dev/null | grep -vE 'false|:[[:space:]]*(//|#)' |
      sed -E "s~^\./([^:]*):.*($history).*~warning: \1 wants the history (\2), $without~"
  } > "$TOOLS/lacks" # which build.sh says again if the build fails
  cat "$TOOLS/lacks" >&2
  git=$(command -v git) && cat > "$TOOLS/git" <<END && chmod +x "$TOOLS/git"
#!/bin/sh
"$git" "\$@"
status=\$?
[ \$status != 128 ] || "$git" rev-parse --git-dir >/dev/null 2>&1 || echo "git has no history here, $without" >&2
exit \$status
END
fi
