"""What each command prints for programs: the members of its JSON, which tests hold against what it really prints."""

from __future__ import annotations

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
PRINTED = {
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
