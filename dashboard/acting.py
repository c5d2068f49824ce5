"""What a person asks on the page, done by the code of the commands: the publisher decides, the pruner deletes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypedDict, cast

from contract import Answer
from dashboard.builds import short_build
from deployments.command import Site
from deployments.errors import Failure
from deployments.pruning import Wish, carry_out

_WISHES: Mapping[str, Mapping[str, type]] = {
    "promote": {"deployment": str, "seen": str},
    "rollback": {"seen": str, "to": str},
    "hold": {"reason": str},
    "release": {"publish": bool, "seen": str},
    "remove": {"deployment": str},
    "start": {},
    "stop": {"build": str},
}
_NEEDED = {"promote": ("deployment",), "hold": ("reason",), "remove": ("deployment",), "stop": ("build",)}

_WHY = 200  # characters of a reason that CodePipeline takes


class Asked(TypedDict, total=False):
    """What the page asks."""

    site: str
    action: str
    deployment: str
    seen: str
    to: str
    reason: str
    publish: bool
    build: str


class Outcome(TypedDict):
    """What came of it."""

    outcome: str
    text: str
    reason: str
    after: str
    before: str
    waiting: str


def wish_of(body: bytes) -> Asked:
    """What the page asks for; whatever a parser raises if the body is nothing that the page sends."""
    given = json.loads(body.decode())
    members = _WISHES[given["action"]]
    wish = {"site": given["site"], "action": given["action"]}
    for name, kind in {"site": str, **members}.items():
        if name in given:
            wish[name] = given[name]
            if type(given[name]) is not kind:
                raise TypeError(name)
    if any(name not in wish for name in _NEEDED.get(wish["action"], ())):
        raise LookupError(f"{wish['action']} lacks a member: reload the page")
    json.dumps(wish, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    return cast("Asked", wish)


def act(site: Site, wish: Asked, by: str) -> Outcome:
    """Carry out what the page asks; the commands' errors if it cannot be asked for."""
    return _ACTS.get(wish["action"], _ask)(site, wish, by)


def _ask(site: Site, wish: Asked, by: str) -> Outcome:
    """Ask the publisher, as `promote`, `hold` and `release` do."""
    members = {name: value for name, value in wish.items() if name not in ("site", "action", "to")}
    return _outcome_of(site.publisher.ask(wish["action"], as_ci=False, by=by, **members))


def _roll_back(site: Site, wish: Asked, by: str) -> Outcome:
    """Go one step back, if that is where the person has read that it goes."""
    read = wish.get("to", "")
    goes = site.publisher.state().previous if read else ""
    if read != goes:
        return _refusal(f"it would go back to {goes or 'nothing'} now, not to {read}: look again")
    return _ask(site, wish, by)


def _remove(site: Site, wish: Asked, _: str) -> Outcome:
    """Delete one deployment, if nothing keeps it."""
    one = wish["deployment"]
    done = carry_out(site, Wish([one]), lambda _line: None)
    if one in done.gone or one in done.leftovers:
        return _outcome("removed", f"{one} is deleted, with {done.objects:,} objects", done.reason)
    why = done.stays.get(one) or done.reason or "there is no such deployment"
    return _outcome("stays", f"{one} stays: {why}", why)


def _start(site: Site, _wish: Asked, _by: str) -> Outcome:
    """Build the newest, as `watch --start` does."""
    client, pipeline = site.cloud.client("codepipeline"), _pipeline(site)
    started = str(client.start_pipeline_execution(name=pipeline)["pipelineExecutionId"])
    return _outcome("started", f"build {short_build(started)} has started", "")


def _stop(site: Site, wish: Asked, by: str) -> Outcome:
    """End a build at once: what it has begun writes nothing that could go live by itself.

    https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StopPipelineExecution.html
    """
    client, pipeline, build = site.cloud.client("codepipeline"), _pipeline(site), wish["build"]
    why = f"stopped by {by} on the dashboard"[:_WHY]
    client.stop_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=build, abandon=True, reason=why)
    return _outcome("stopped", f"build {short_build(build)} is stopped: it does not go live", "")


def _pipeline(site: Site) -> str:
    if not site.stack.pipeline:
        raise Failure(f"stack {site.stack.name} has no pipeline: `publish` makes something live")
    return site.stack.pipeline


_Act = Callable[[Site, Asked, str], Outcome]
_ACTS: Mapping[str, _Act] = {
    "rollback": _roll_back,
    "remove": _remove,
    "start": _start,
    "stop": _stop,
}


def _refusal(reason: str) -> Outcome:
    return _outcome("refused", f"refused: {reason}", reason)


def _outcome(outcome: str, text: str, reason: str) -> Outcome:
    return {"outcome": outcome, "text": text, "reason": reason, "after": "", "before": "", "waiting": ""}


def _outcome_of(answer: Answer) -> Outcome:
    after, before, waiting = (answer.get(name, "") for name in ("after", "before", "waiting"))
    reason = answer.get("reason", "")
    texts = {
        "published": f"{after} is live",
        "rolled-back": f"rolled back: {after} is live",
        "duplicate": f"{after} is live already",
        "on-hold": "new deployments wait",
        "released": f"released; {waiting} still waits" if waiting else "released",
        "refused": f"refused: {reason}",
    }
    text = texts.get(answer["outcome"], f"{answer['outcome']}: {reason}")
    more = {"after": str(after), "before": str(before), "waiting": str(waiting)}
    return {**_outcome(answer["outcome"], text, reason), **more}  # type: ignore[typeddict-item]  # texts all
