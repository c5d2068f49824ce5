"""Writes docs/cli.md: every command with its options and an example, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import click

from deployments.cli import commands

_HEAD = """# The command line

<!-- written by `make docs`; tests/deployments/test_reference.py holds it against the commands -->

This page lists every command of `deployments` with its options, an example, the permissions that it needs, and what
it prints for programs.

`pip install 'instant-hosting[cli]'` (in a checkout: `'.[cli]'`) installs `deployments`. In a checkout `python -m
deployments` is the same. It finds bucket and
publisher in the stack's outputs, reads the bucket, and asks the publisher for everything else: only the publisher
writes what is live.

* On a terminal a result is a table, with as many columns as it has room for, and an outcome is said in words. In a pipe
  it is lines with tabs (whole IDs, no titles, the publisher's word for the outcome). With `--json` it is JSON.
* With `--json` an error is [an object](#json) too, on standard output like a result. The line for people is on standard
  error as always.
* In the folder of a project, and below it, `samconfig.toml` says stack, Region and profile, unless an option does.
  The variables `DEPLOYMENTS_STACK` and `AWS_PROFILE` come before it. `AWS_REGION` does not, as with `up`.
* Remarks go to standard error.
* You can shorten an ID to what is unique: `4f2c1e9a`, or the beginnings of both parts, `4f2c1e9a-1a2b`.
* All times are UTC. In JSON, and in what `list` prints in a pipe, they are ISO 8601. All others are to the minute.

To complete commands and options with the tab key, add one line to your shell's start file:

| shell | file | line |
|---|---|---|
| bash 4.4 or later | `~/.bashrc` | `eval "$(_DEPLOYMENTS_COMPLETE=bash_source deployments)"` |
| zsh | `~/.zshrc` | `eval "$(_DEPLOYMENTS_COMPLETE=zsh_source deployments)"` |
| fish | `~/.config/fish/completions/deployments.fish` | `_DEPLOYMENTS_COMPLETE=fish_source deployments \\| source` |

| exit code | |
|---|---|
| 0 | done; also: nothing had to be done |
| 1 | refused, failed or not found: the last line on standard error says why, and the remedy |
| 2 | wrong usage: an option, an ID that can mean several, no Region, or no stack to be found |
| 130 | interrupted; what is live is whole, and the last line says where to go on |

| command | permission |
|---|---|
| `rules`, `rights` | none: they work on this machine alone |
| `init` | none to write the files |
| `init`: a connection | `codeconnections:ListConnections`, `GetConnection`; to make one `CreateConnection` |
| `init`: a certificate | `acm:ListCertificates` |
| `init`: whether a stack has the name | `cloudformation:DescribeStacks` |
| `up` | the policy that `deployments rights` prints |
| `publish`, `status` | the policy of the output `DeployPolicyArn` (direct), which is for CI |
| `publish --force`, `promote`, `rollback`, `hold`, `release` | `lambda:InvokeFunction` on `PublisherName` itself |
| `list`, `show`, short IDs | `s3:ListBucket` and `s3:GetObject` on the site bucket; all that follow need it too |
| `watch` | `codepipeline:ListPipelineExecutions`, `GetPipelineExecution`, `GetPipelineState` |
| `watch`: why it failed | `codepipeline:ListActionExecutions`, `codebuild:BatchGetBuilds`, `logs:GetLogEvents` |
| `watch --start` | the same, and `codepipeline:StartPipelineExecution` |
| `dashboard`: to start and stop builds | `codepipeline:StartPipelineExecution`, `StopPipelineExecution` |
| `dashboard`: its figures | `cloudwatch:GetMetricData`, `cloudformation:DescribeStackResource` |
| `prune` | `s3:DeleteObject`, and `s3:PutObject` on `prune.lock` |
| `prune --now`, `prune --extras` | `cloudfront:CreateInvalidation`, `cloudformation:DescribeStackResource` |
| `cache clear` | `cloudformation:DescribeStackResource`; on the artifact bucket `s3:ListBucket`, `s3:DeleteObject` |
| `doctor` | to create and delete a stack of the template that `--source` names, and to use all that is in it |

[`deployments rights`](permissions.md#what-a-person-needs-who-sets-it-up) prints a policy of these for who is on call.
All other commands but `doctor` need `cloudformation:DescribeStacks` and ask the publisher. Whoever may invoke only its
alias `ci`, as with `DeployPolicyArn`, may [publish and see the status](requests.md#who-may-ask-for-what).
"""

# What programs may rely on; tests compare it with what is printed.
DEPLOYMENT = {
    "id": "the whole ID",
    "live": "true for the live one",
    "waiting": "true for the newest that waits for the end of a hold",
    "commit": "the commit, `zip` or `upload`",
    "branch": "empty where it is not known, as are the next ones",
    "message": "the commit's message",
    "author": "who wrote it",
    "created": "when the upload began; for a pipeline when its build had ended",
    "execution": "the pipeline's execution",
    "routing": "`spa`, `files`, `folders`, `mixed` or `bare`",
    "uploader": "the uploader's version",
    "uploaded": "when it was complete",
    "files": "number of its own files",
    "bytes": "their size",
    "shared": "number of the shared files that it uses",
    "action": "what made it live last: `pipeline`, `publish`, `promote`, `rollback`, `auto-rollback`, `release`",
    "by": "who or which execution asked for that",
    "lived": "each time that it was live, `since` and `until` (empty: still), oldest first; `list`: since its upload",
}
STATUS = {
    "stack": "the stack's name",
    "url": "the site",
    "live": "the live deployment, or empty",
    "previous": "what one step back would be, or empty",
    "waiting": "the newest that waits for the end of a hold, or empty",
    "hold": "`reason`, `since` and `by`, or nothing",
    "published": "the last switches, newest first: `deployment`, `since`, `action`, `by`, "
    "`sequence` (the newest number until then)",
    "retiring": "what may be deleted now",
}
SWITCH = {
    "url": "the site",
    "seen": "seconds after the answer until a visitor got it; null if nothing changed, or with `--no-wait`",
}
PUBLISH = {
    "uploaded": "`files` and `bytes` that were sent",
    "reused": "`files` and `bytes` that were there already",
    "seconds": "`upload` and `switch`",
}
SHOW = {
    "previous": "true for what one step back would be",
    "extras": "files that came into its folder after it was complete, which visitors get too",
    "incomplete": "why it cannot become live, or why its extras cannot be told; otherwise empty",
}
PRUNE = {
    "gone": "deployments that were deleted",
    "leftovers": "folders without a manifest that were deleted",
    "stays": "why each other deployment is still there",
    "objects": "number of deleted objects",
    "reason": "why something was left for the next run",
    "dry_run": "true: nothing was changed",
    "invalidation": "with `--now`: the ID of CloudFront's invalidation",
}
EXTRAS = {
    "extras": "by deployment, the files that were deleted",
    "dry_run": "true: nothing was changed",
    "invalidation": "the ID of CloudFront's invalidation",
}
INIT = {
    "folder": "where the files are",
    "environment": "the environment in samconfig.toml",
    "stack": "the stack's name",
    "region": "its Region",
    "source": "`git`, `zip` or `direct`",
    "with": "a list of `operations`, or empty",
    "parameters": "those that are given",
    "missing": "parameters that must still be given",
    "connection": "`arn`, `name`, `provider` and `status`, or null where AWS was not asked",
    "found": "why it is built in this way: `what`, `value` and `why`",
    "written": "the files that changed",
}
UP = {
    "stack": "the stack's name",
    "outcome": "`created`, `updated`, `unchanged`, or with `--dry-run` `planned`",
    "from": "the version that the stack was of, or null if it was not an older one",
    "version": "the version that it is of now",
    "acts": "what the upgrade asks of you: `version` and `text`",
    "changes": "each resource: `what` (`new`, `changed`, `replaced`, `removed`), `resource`, and `text`, the sentence",
    "url": "the site; this and what follows is not there with `--dry-run`",
    "live": "the live deployment, or empty",
    "next": "what is left to do, or empty",
    "outputs": "the stack's outputs",
}
ERROR = {
    "outcome": "`refused` with the publisher's other members, `failed`, `wrong-usage` or `interrupted`",
    "reason": "what is wrong: the line for people, or the publisher's reason",
    "remedy": "the part of it that says what to do, or empty",
    "status": "the exit code",
}
CACHE = {
    "bucket": "where the builds keep it, below `cache/`",
    "objects": "number of deleted objects",
    "bytes": "their size",
}
RULES = {
    "routing": "as given, or as a line says, or `mixed`",
    "live": "what the store would say behind the ID",
    "problems": "why an upload would be refused; the exit code is 1",
    "warnings": "what has no effect, or another one than meant",
    "report": "the sums of both files",
    "stored": "`copies` and `redirects` beside the site's files, their `bytes`, `lines` of the store, `line_bytes`",
    "elsewhere": "what other hosts' files ask for: `where`, `asks`, `here` (what does it), `lacks` (true: a line "
    "would, and is not there), `lines`",
    "asked": "for each `--ask`: its `address`, the `hops` (`address`, `status`, `to`, `line`; 0: no line decides), and "
    "the `headers` that `_headers` gives (`name`, `value`, `line`, `arrives`)",
}
CONVERTED = {
    "_redirects": "the text of the file",
    "_headers": "the text of the file",
    "elsewhere": "each thing: `where`, `asks`, the lines of `redirects` and `headers`, `here`, `why` if nothing does "
    "it, `note`, `file`",
}
FINDING = {
    "question": "what AWS leaves open",
    "seen": "what it answered",
    "assumed": "what the product assumes, or does in either case",
    "verdict": "`OK`, `not answered`, or `different:` and what follows from it",
    "kept": "true, false where it is different, null where there was no answer",
}
_JSON = {
    "`list`: a list of, `show`: one of": DEPLOYMENT,
    "`show` besides": SHOW,
    "`status`": STATUS,
    "`publish`, `promote`, `rollback`, `hold`, `release`: the publisher's answer "
    "([its members](requests.md)) and": SWITCH,
    "`publish` besides": PUBLISH,
    "`init`": INIT,
    "`up`": UP,
    "`rules`": RULES,
    "`rules --convert`": CONVERTED,
    "`prune`": PRUNE,
    "`prune --extras`": EXTRAS,
    "`cache clear`": CACHE,
    "`doctor`: a list of": FINDING,
    "an error, unless a result was printed before it": ERROR,
}


def reference() -> str:
    """The page, in Markdown."""
    lines = [_HEAD]
    every = commands()
    common = _options(every["status"])
    lines += [
        "## Everywhere",
        "",
        "`doctor` has no `--stack`: it makes one of its own. `rules` has only `--json`.",
        "",
        *_table(common),
        "",
    ]
    for name, command in every.items():
        lines += [f"## {name}", "", f"`deployments {' '.join([name, *_arguments(command)])}`", "", *_text(command), ""]
        own = [row for row in _options(command) if row not in common]
        lines += [*_table(own), ""] if own else []
        lines += ["```sh", example(command), "```", ""]
    lines += ["## JSON", "", "Members are added, never renamed.", ""]
    for title, members in _JSON.items():
        lines += [title + ":", "", "| member | |", "|---|---|"]
        lines += [f"| `{name}` | {text} |" for name, text in members.items()] + [""]
    return "\n".join(lines).rstrip() + "\n"


def example(command: click.Command) -> str:
    """The example that stands at the end of the command's help."""
    return (command.epilog or "").rpartition("Example:")[2].strip()


def _arguments(command: click.Command) -> Iterable[str]:
    return (param.make_metavar(click.Context(command)) for param in command.params if isinstance(param, click.Argument))


def _options(command: click.Command) -> list[tuple[str, str]]:
    rows = []
    for param in command.params:
        if isinstance(param, click.Option):
            record = param.get_help_record(click.Context(command, max_content_width=1000))
            rows += [record] if record else []
    return rows


def _table(rows: list[tuple[str, str]]) -> list[str]:
    cells = [(f"`{name}`", " ".join(text.split()).replace("|", "&#124;")) for name, text in rows]
    return ["| option | |", "|---|---|", *(f"| {name.replace('|', '&#124;')} | {text} |" for name, text in cells)]


def _text(command: click.Command) -> list[str]:
    return inspect.cleandoc(command.help or "").split("\n")


if __name__ == "__main__":
    print(reference(), end="")
