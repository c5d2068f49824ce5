"""Judges a run after it: every promise is a function, and what it gives are sentences that say how it was broken."""

from __future__ import annotations

import json
from collections.abc import Iterator

from .actors import READY, Actors
from .follow import Problem, Reached, follow
from .model import DONE, Option, options
from .play import Record
from .script import MENDED
from .state import Request
from .system import Process

DAY = 86_400_000
PATIENCE = 100  # seconds; a publisher for whom everything takes that long may give up


def judge(record: Record, actors: Actors) -> list[Problem]:
    """All that is wrong with a run."""
    states, wrong = follow(record)
    promises = {
        "what is live is complete": record.problems,
        "an answer is right, and is what was done": () if wrong else answers(record, states),
        "what was answered as done is remembered": () if wrong else forgotten(record, states),
        "a status tells what was so at one moment": () if wrong else tellings(record, states),
        "a prune deletes nothing that somebody needs": () if wrong else deletions(record, states),
        "a publisher logs one line and announces it": logs(record),
        "whatever has a manifest is whole": uploads(record, actors),
        "404 page and history agree with the store in the end": peace(record, actors),
    }
    found = [Problem(promise, text) for promise, texts in promises.items() for text in texts]
    return list(dict.fromkeys(wrong + found))


def outcome_of(process: Process) -> str:
    """What was answered, or logged where nobody was answered; "" where nothing was."""
    if isinstance(process.answer, dict):
        return str(process.answer.get("outcome", ""))
    return str(json.loads(process.lines[-1])["outcome"]) if process.lines else ""


def answers(record: Record, states: Reached) -> Iterator[str]:
    """What a publisher answered was right at some moment while it ran, and what it changed is what it answered."""
    for process, request in publishers(record):
        outcome, count = outcome_of(process), len(changes(record, states, process))
        right = right_words(record, states, process, request)
        if outcome == "failed":
            if not process.faults and process.ended - process.began < PATIENCE:
                yield f"{process.key} failed though every request of it went well: {process.error!r}"
        elif count > 1:
            yield f"{process.key} was carried out {count} times: {request}"
        elif outcome == "refused" and unreadable(record, states, process):
            continue  # what it had done before, nobody can tell now
        elif outcome not in right:
            yield f"{process.key} answered {outcome}, right is {' or '.join(sorted(right))}: {request}"


def right_words(record: Record, states: Reached, process: Process, request: Request) -> set[str]:
    changing = changes(record, states, process)
    if not changing:
        return {word for word, _ in possible(record, states, process, request)}
    words = {
        word
        for word, _ in allowed(record, states, request, changing[0] - 1, changing[0], record.writes[changing[0]].moment)
    }
    # a later act came before it looked again, or an earlier try had switched; or it asks again, for its answer was lost
    return words | ({"stale", *DONE} if "duplicate" in words else set()) | ({"duplicate"} if process.faults else set())


def unreadable(record: Record, states: Reached, process: Process) -> bool:
    first, last = window(record, process)
    return not all(state.readable for state in states[first : last + 1])


def forgotten(record: Record, states: Reached) -> Iterator[str]:
    """Whoever answers that something is done has written what keeps older requests, and this one, from coming again."""
    for process, request in publishers(record):
        outcome = outcome_of(process)
        if outcome == "failed" or request.action == "retire" or changes(record, states, process):
            continue
        right = [same for word, same in possible(record, states, process, request) if word == outcome]
        if right and not any(right):
            yield f"{process.key} answered {outcome} and wrote nothing: {request}"


def tellings(record: Record, states: Reached) -> Iterator[str]:
    """What is live, held and newest was so together, while whoever tells it looked."""
    for process in record.system.processes:
        if process.key in record.requests and outcome_of(process) == "status":
            first, last = window(record, process)
            newest = "".join(entry["deployment"] for entry in process.answer["published"][:1])
            said = process.answer["after"], newest, bool(process.answer["hold"])
            right = {(state.live, state.switches[-1].deployment, state.held) for state in states[first : last + 1]}
            if said not in right:
                yield f"{process.key} tells {said}, in this time was {sorted(right)}"


def publishers(record: Record) -> Iterator[tuple[Process, Request]]:
    for process in record.system.processes:
        request = record.requests.get(process.key)
        if request and process.end != "crashed" and request.action != "status":
            yield process, request


def changes(record: Record, states: Reached, process: Process) -> list[int]:
    """The writes of a process that changed something."""
    mine = [number for number, write in enumerate(record.writes) if write.process == process.key]
    return [number for number in mine if not states[number].same(states[number - 1])]


def possible(record: Record, states: Reached, process: Process, request: Request) -> Iterator[tuple[str, bool]]:
    """Every right outcome while a process ran, and whether it leaves all as it is."""
    first, last = window(record, process)
    for number in range(first, last + 1):
        for word, then in allowed(record, states, request, number, last, round(process.ended * 1000)):
            yield word, then.same(states[number])
            if word == "duplicate" and taken_for_its_own(record, process):
                yield from ((done, True) for done in DONE)


def taken_for_its_own(record: Record, process: Process) -> bool:
    """Whether another switched to the same deployment in the same millisecond: the history tells them apart no more."""
    asked = (step for step in record.system.steps if step.process == process.key)
    return any(step.arguments.get("Prefix", "").endswith(".json") and "Contents" in step.result for step in asked)


def window(record: Record, process: Process) -> tuple[int, int]:
    """The states that a process could see."""
    first = max(number for number, write in enumerate(record.writes) if write.moment <= round(process.began * 1000))
    last = max(number for number, write in enumerate(record.writes) if write.moment <= round(process.ended * 1000))
    return first, last


def allowed(record: Record, states: Reached, request: Request, number: int, last: int, now: int) -> list[Option]:
    """What was right in one state, while deployments came and went until the state `last`."""
    since, until = (record.writes[place].moment for place in (number, min(last + 1, len(record.writes) - 1)))
    came_or_went = [there for moment, there in record.there if since <= moment <= max(until, now)]
    return [
        option
        for there in (record.writes[number].there, *came_or_went)
        for option in options(states[number], request, now, there)
    ]


def logs(record: Record) -> Iterator[str]:
    """Whoever is not cut off logs one line and announces it; a second line says that this failed."""
    for process, _ in publishers(record):
        lines = [json.loads(line) for line in process.lines]
        unannounced = any("unannounced" in line for line in lines)
        announced = any(step[1:3] == (process.key, "put_events") for step in record.system.steps)
        if len(lines) != 1 + unannounced or not announced:
            yield f"{process.key} logged {len(lines)} lines: {process.lines}"


def deletions(record: Record, states: Reached) -> Iterator[str]:
    """A prune deletes nothing of what is live, waits, was live within a day, or was not retired before."""
    for gone in record.deletions:
        state = states[gone.writes - 1]
        for key in gone.keys:
            kind, _, rest = key.partition("/")
            deployment = rest.removesuffix(".json").partition("/")[0]
            if kind not in ("manifests", "deployments") or deployment not in READY:
                continue
            why = {state.live: "is live", state.waiting[1]: "waits"}
            if gone.process.partition("'")[0] not in record.now and deployment not in by_hand(record):
                why |= {
                    act.deployment: "was live less than a day ago"
                    for act, left in zip(state.switches, state.switches[1:], strict=False)
                    if left.moment > gone.moment - DAY
                }
            if kind == "manifests" and deployment not in state.retiring:
                why.setdefault(deployment, "was not retired")
            if deployment in why:
                yield f"{gone.process} deleted {key}, which {why[deployment]}"


def by_hand(record: Record) -> set[str]:
    """The deployments whose retirement a person has asked for."""
    asked = (
        request for process, request in record.requests.items() if request.action == "retire" and ">" not in process
    )
    return {deployment for request in asked for deployment in request.deployments}


def uploads(record: Record, actors: Actors) -> Iterator[str]:
    """Whatever has a manifest is whole; an upload that failed has none, unless it never heard that it has one."""
    objects = record.system.world.objects
    for deployment, needs in actors.needs.items():
        if f"manifests/{deployment}.json" in objects and (missing := needs - objects.keys()):
            yield f"{deployment} has a manifest and lacks {sorted(missing)}"
    done = {record.uploads[p.key] for p in record.system.processes if p.key in record.uploads and p.end != "raised"}
    unheard = {
        step.arguments["Key"]
        for step in record.system.steps
        if step.fault.kind in ("lost", "cut") and step.arguments.get("Key", "").startswith("manifests/")
    }
    last = {step.process: str(step.arguments.get("Key", "")) for step in record.system.steps}
    for process in record.system.processes:
        if process.end != "raised" or process.key not in record.uploads:
            continue
        deployment = record.uploads[process.key]
        key = f"manifests/{deployment}.json"
        # the execution's pointer comes last: without it the pipeline fails, and the deployment is whole
        pointed = last[process.key].startswith("executions/")
        if key in {*objects} - unheard and deployment not in done and not pointed:
            yield f"{process.key} failed, and {key} is there: {process.error}"


def peace(record: Record, actors: Actors) -> Iterator[str]:
    """When all have ended, store, 404 page and history agree; where somebody was cut off, after the next request."""
    world = record.system.world
    if record.writes[-1].values["ledger"] in MENDED:
        return
    if cut_off(record):
        actors.publisher({"action": "promote", "deployment": world.live(), "by": "the next"})
    page = world.objects.get("_errors/404.html")
    of = dict(page.metadata).get("deployment") if page else "nothing"
    if of != world.live():
        yield f"the 404 page is that of {of}, live is {world.live()}"
    switched = [""]
    for write in record.writes:
        live = write.values["live"].partition(" ")[0]
        if live != switched[-1]:
            switched.append(live)
    told = [key[10:-5].partition("Z-")[2] for key in world.keys if key.startswith("published/")]
    if told[-len(switched) + 1 :] != switched[1:]:
        yield f"the history tells {told}, live were {switched[1:]}"


def cut_off(record: Record) -> bool:
    """Whether somebody ended in the middle, and nobody began after it and got to its end."""
    asked = [process for process in record.system.processes if process.key in record.requests]
    failed = [process for process in asked if process.end == "crashed" or outcome_of(process) == "failed"]
    looked = [p for p, request in publishers(record) if p not in failed and outcome_of(p) != "refused"]
    return any(all(later.began < process.ended for later in looked) for process in failed)
