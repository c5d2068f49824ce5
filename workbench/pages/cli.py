"""Writes docs/cli.md: every command with its options and an example, from the command line itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterable

import click

from deployments.cli import commands
from workbench.pages.cli_json import PRINTED

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

To complete commands, options and the IDs of deployments with the tab key, add one line to your shell's start file:

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
    for title, members in PRINTED.items():
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
