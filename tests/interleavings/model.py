"""What the publisher must do with a request, said once more and apart from it: the rules of docs/requests.md.

The model decides in the order in which the store was written; where the rules leave a choice it gives all that are
right.
"""

from __future__ import annotations

from .state import HOLD, LIVE, LONG_AGO, NOTHING, SECOND, Act, Request, State, later

REMEMBERED = 4  # acts of one second, whose events are known again

DONE = "published", "rolled-back", "on-hold", "released"  # found in the ledger after an answer was lost

Option = tuple[str, State]  # outcome, and what is so then


def options(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    """Every right outcome of `request`, if it is decided at `now` while the deployments `there` are complete."""
    if request.broken or not state.readable:
        return [("refused", state)]
    fresh = ACTIONS[request.action](state, request, now, there)
    other = [("stale", state), ("ignored" if request.action == "auto-rollback" else "duplicate", state)]
    done = [*other, *((outcome, state) for outcome in DONE)]
    known = bool(request.event) and request.event in state.known
    late = request.asked // SECOND < register(state, request, now) // SECOND
    if state.astray:
        return [*fresh, *done] if late or known or request.asked <= state.changed else fresh
    if known and request.event in state.known[-REMEMBERED:]:
        return done
    if request.event and request.action != "pipeline" and late:
        return [*other, *(fresh if request.action == "auto-rollback" else ())]  # an alarm has a rule of its own
    return [*fresh, *done] if known else fresh


def register(state: State, request: Request, now: int) -> int:
    """When the newest act was asked for, of those that the request could override."""
    return later(state.newest_hold if request.action in ("hold", "release") else state.newest_live, LONG_AGO, now)


def in_order(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    """A pipeline's deployment goes live unless something was asked for after its execution started."""
    start = min(request.start, request.asked)  # none succeeds before it starts: its clock was wrong
    # a whole second may be all that is known of a start
    vague = state.vague or request.start > request.asked or start % SECOND == 0
    stale = [("stale", state)] + [("duplicate", state)] * (request.deployment == state.live)
    newest = later(state.newest_start, LONG_AGO, now)
    if start < newest and not (vague and start // SECOND == newest // SECOND):
        return stale
    found = stale if vague else []
    if state.held and request.deployment != state.live:
        if request.deployment not in there - state.retiring:
            return [*found, ("refused", state)]
        mine = start, request.deployment
        places = {mine, state.waiting} if vague else {max(state.waiting, mine)}
        return [*found, *(("held", state._replace(waiting=place)) for place in places)]
    return [*found, switch(state, request._replace(asked=start), request.deployment, now, there)]


def publish(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    last = state.last()
    if state.held and not request.force:
        return [("refused", state)]
    if last and last.sequence is not None and request.sequence is not None:
        if request.sequence < last.sequence:
            return [("refused", state)]
        if request.sequence == last.sequence and last.action == "publish":
            return [("duplicate", state.acted(LIVE, request, request.asked, now))]
    return promote(state, request, now, there)


def promote(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    if request.seen and request.seen != state.live:
        return [("refused", state)]
    return [switch(state, request, request.deployment, now, there)]


def rollback(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    """Back from what was live when it was asked for, to what nobody had gone back from."""
    if request.seen and request.seen != state.live:
        return [("refused", state)]
    found: list[Option] = []
    for base in bases(state, request):
        for target in back(state, base, request.steps, there) | back(state, base, request.steps):
            found.append(switch(state, request, target, now, there) if target else ("refused", state))
    return found


def bases(state: State, request: Request) -> list[int]:
    """The switches to what was live when it was asked for; of an event only the second is known."""
    until = request.asked if request.asked % SECOND else request.asked + SECOND - 1  # whole seconds are an event's
    before = [number for number, act in enumerate(state.switches) if act.moment <= request.asked][-1:]
    perhaps = [
        number
        for number, act in enumerate(state.switches)
        if state.astray or request.clock or (act.moment > request.asked and act.since <= until)
    ]
    return [*before, *perhaps]


def way(switches: tuple[Act, ...]) -> list[str]:
    """The deployments on the way to the last one: whoever goes back cuts off what he left."""
    found: list[str] = []
    for act in switches:
        if act.deployment in found:
            del found[found.index(act.deployment) + 1 :]
        else:
            found.append(act.deployment)
    return found


def back(state: State, base: int, steps: int, there: frozenset[str] | None = None) -> set[str]:
    """What was live `steps` before the switch `base`, by the way until now or until then; "" if nothing was.

    Only those that are `there`; without it all, for what was meant may have gone since.
    """
    live, targets = state.switches[base].deployment, set()
    for switches in (state.switches, state.switches[: base + 1]):
        order = [one for one in way(switches) if there is None or one == live or one in there - state.retiring]
        place = order.index(live) if live in order else len(order)
        targets.add(order[place - steps] if place >= steps else "")
    return targets


def automatic(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    """An alarm goes back from a deployment's first time live, and holds."""
    last = state.last()
    times = sum(act.deployment == state.live for act in state.switches)
    concerns = last is not None and last.action in ("pipeline", "publish", "release") and times == 1
    ages = [request.asked - moment for moment in (last.since, last.moment)] if last else [0]
    late = [not -SECOND < age <= 60 * SECOND * request.minutes for age in ages]
    then = []
    for outcome, switched in rollback(state, request, now, there):
        if outcome != "refused" and not state.held:  # whoever asked before to end a hold meant another one
            switched = switched.acted(HOLD, request, now, now)._replace(held=True)
        then.append((outcome, switched))
    return [("ignored", state)] * (not concerns or any(late)) + then * (concerns and not all(late))


def hold(state: State, request: Request, now: int, _there: frozenset[str]) -> list[Option]:
    return [("on-hold", state._replace(held=True).acted(HOLD, request, request.asked, now))]


def release(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    released = state._replace(held=False).acted(HOLD, request, request.asked, now)
    if request.publish and state.waiting[1]:
        start, deployment = state.waiting
        return [switch(released, request, deployment, now, there, start, refused=state)]
    return [("released" if state.held else "duplicate", released)]


def retire(state: State, request: Request, now: int, there: frozenset[str]) -> list[Option]:
    """The live one stays; the previous one and what waits too, unless it is forced. It may be fewer."""
    keep = {state.live}
    if not request.force:
        keep |= {state.waiting[1]} | back(state, len(state.switches) - 1, 1, there)
    most = (state.retiring | ({*request.deployments} - keep)) & there
    return [("retiring", state._replace(retiring=frozenset(most))), ("refused", state)]


def switch(
    state: State,
    request: Request,
    deployment: str,
    now: int,
    there: frozenset[str],
    start: int | None = None,  # its place for pipelines, where it is another one
    refused: State | None = None,
) -> Option:
    """The deployment becomes live, unless it is already or must not."""
    if deployment in state.retiring or deployment not in {*there, state.live}:
        return "refused", refused or state
    acted = state.acted(LIVE, request, request.asked, now, start)
    if deployment == state.live:
        return "duplicate", acted
    last = state.last()
    sequence = request.sequence if request.action == "publish" else last.sequence if last else None
    act = Act(deployment, now, now, request.action, request.by, sequence)
    outcome = "rolled-back" if "rollback" in request.action else "published"
    then = acted._replace(live=deployment, switches=(*state.switches, act), waiting=NOTHING)
    return outcome, then


ACTIONS = {
    "pipeline": in_order,
    "publish": publish,
    "promote": promote,
    "rollback": rollback,
    "auto-rollback": automatic,
    "hold": hold,
    "release": release,
    "retire": retire,
}
