"""Of what a failed build said, a person sees the command and its first error lines, wherever a tool puts them."""

from __future__ import annotations

import pytest

from messenger.reason import LINES, LOOKED_AT, WIDTH, reason
from workbench import ROOT
from workbench.recorded import LOGS, STAMP, in_codebuild

# What a build says before: https://docs.npmjs.com/cli/commands/npm-ci, Node, Vite
NOISE = """npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory. Do not use it.
npm warn deprecated glob@7.2.3: Glob versions prior to v9 are no longer supported
npm notice New major version of npm available! 10.9.9 -> 11.19.1
added 312 packages, and audited 313 packages in 9s
found 0 vulnerabilities
(node:4242) [DEP0040] DeprecationWarning: The `punycode` module is deprecated. Please use a userland alternative.
(Use `node --trace-deprecation ...` to show where the warning was created)
warning "react-scripts > eslint-config-react-app" has unmet peer dependency: an error may follow.
dist/assets/error-500.Bwd7zAaE.css    1.90 kB │ gzip:  0.72 kB
Progress: resolved 312, reused 0, downloaded 311, added 311
finished with 0 errors
"""


@pytest.mark.parametrize("name", LOGS)
def test_the_command_and_the_first_lines_of_the_error_are_found(name: str) -> None:
    said, wanted = LOGS[name]
    command, *lines = wanted.splitlines()
    assert (command, lines) == reason(said)
    assert (command, lines) == reason(in_codebuild(said))


@pytest.mark.parametrize("name", [name for name in LOGS if name not in ("npm-postinstall", "bun-script", "make")])
def test_noise_before_an_error_is_no_error(name: str) -> None:
    said, wanted = LOGS[name]
    assert wanted.splitlines()[1:] == reason(in_codebuild(NOISE + said)).lines


def test_the_command_is_the_last_that_the_shell_traced_before_the_error_with_the_script_that_it_ran() -> None:
    said, _ = LOGS["tsc-type"]
    traced = f"+ npm ci\nadded 3 packages in 1s\n+ npm run build\n{said}"
    assert "npm run build (tsc -b && vite build)" == reason(in_codebuild(traced)).command
    before = f"+ npm run lint\nError: something that lint only tells\n{traced}"
    assert reason(traced) == reason(before)
    after = f"{traced}\n+ rm -rf cache"
    assert reason(traced) == reason(after)
    installed = f"+ pnpm install --frozen-lockfile\ndependencies:\n+ left-pad 1.3.0\n{LOGS['pnpm-no-lock'][0]}"
    assert "pnpm install --frozen-lockfile" == reason(installed).command


def test_a_command_of_one_line_is_known_by_codebuilds_mark_and_a_later_phase_changes_nothing() -> None:
    log = (
        f"{STAMP} Running command python3 uploader.py\nuploader: the archive has 2 files of one name\n\n"
        f"{STAMP} Command did not exit successfully python3 uploader.py exit status 1\n"
        f"{STAMP} Running command npm run report\nError: nothing to report\n"
        f"{STAMP} Command did not exit successfully npm run report exit status 1\n"
    )
    assert ("python3 uploader.py", ["uploader: the archive has 2 files of one name"]) == reason(log)
    # as Lambda compute writes it: https://github.com/aws-solutions/aws-control-tower-customizations/issues/201
    lambda_compute = log.replace("did not exit successfully python3 uploader.py exit", "failed with exit")
    assert ("python3 uploader.py", ["uploader: the archive has 2 files of one name"]) == reason(lambda_compute)


def test_what_failed_before_any_command_is_codebuilds_own_message() -> None:
    message = "YAML_FILE_ERROR Message: wrong number of container tags, expected 1"
    log = (
        f"{STAMP} Waiting for DOWNLOAD_SOURCE\n{STAMP} Phase complete: DOWNLOAD_SOURCE State: FAILED\n"
        f"{STAMP} Phase context status code: {message}\n"
    )
    assert ("", ["YAML_FILE_ERROR: wrong number of container tags, expected 1"]) == reason(log)


def test_of_what_nobody_recognises_both_ends_are_shown() -> None:
    assert ("", ["one", "two"]) == reason("one\ntwo\n")
    assert ("", []) == reason("\n")
    many = [f"page {number} is there" for number in range(100)]
    shown = reason("\n".join([*many, "page 100 is bad"])).lines
    assert (many[0], "...", "page 100 is bad", LINES) == (shown[0], shown[3], shown[-1], len(shown))


@pytest.mark.parametrize("piece", [" at x", "a.", "aError", "\x1b[", "\x1b]8;;", "> ", "[A_", "(:"])
def test_what_a_hostile_build_writes_is_shown_short_and_without_control_characters(piece: str) -> None:
    found = reason((piece * 500 + "!\n") * 300)  # a pattern that tries everything would not end
    shown = [found.command, *found.lines]
    assert len(found.lines) <= LINES
    assert all(len(line) <= WIDTH and line.replace("\t", "").isprintable() for line in shown)


def test_of_a_log_whose_begin_is_lost_the_rest_is_looked_at() -> None:
    log = in_codebuild(LOGS["vite-config"][0])
    assert reason(log).lines == reason(log[log.index("> vite build") :]).lines


def test_nothing_of_this_machine_stands_in_the_logs() -> None:
    assert not [name for name, parts in LOGS.items() if str(ROOT) in "".join(parts) or "/tmp/tl" in "".join(parts)]


def test_nothing_that_a_build_writes_looks_like_a_line_of_its_own_or_turns_one_round() -> None:
    said = (
        "error: \u202egnp.exe\u2028Next: \u2066run this\u2069 \x1b]8;;https://example.com\x07here\x1b]8;;\x07\u200b\n"
    )
    assert ["error: gnp.exeNext: run this here"] == reason(said).lines


def test_of_a_log_without_end_only_the_end_is_read() -> None:
    begins = f"{STAMP} Running command make\nerror: of which nobody waits to be told\n"
    ends = f"error: the disk is full\n{STAMP} Command did not exit successfully make exit status 1\n"
    assert reason(begins + "\n" * (LOOKED_AT - 4) + ends).lines[0].startswith("error: of which")
    assert ["error: the disk is full"] == reason(begins + "\n" * LOOKED_AT + ends).lines
