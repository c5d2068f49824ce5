"""Makes a failing run small: fewer stimuli, deliveries and faults, as long as the same promise is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from .script import Script
from .system import Fault

Faults = dict[tuple[str, int], Fault]


class Case(NamedTuple):
    """All that decides how a run goes."""

    script: Script
    faults: Faults


def shrink(case: Case, fails: Callable[[Case], bool]) -> Case:
    """The smallest case that is found by leaving out one part after the other."""
    smaller = True
    while smaller:
        smaller = False
        for fewer in _parts_left_out(case):
            if fails(fewer):
                case, smaller = fewer, True
                break
    return _calm(case, fails)


def _parts_left_out(case: Case) -> Iterator[Case]:
    script, faults = case
    for number, stimulus in enumerate(script):
        yield case._replace(script=(*script[:number], *script[number + 1 :]))
        for place in range(len(stimulus.deliveries) if len(stimulus.deliveries) > 1 else 0):
            left = (*stimulus.deliveries[:place], *stimulus.deliveries[place + 1 :])
            yield case._replace(script=(*script[:number], stimulus._replace(deliveries=left), *script[number + 1 :]))
    for process in {process for process, _ in faults}:
        yield case._replace(faults={key: fault for key, fault in faults.items() if key[0] != process})


def _calm(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Leave out faults by halves, quarters, and so on."""
    faults = case.faults
    size = len(faults)
    while size:
        keys = [*faults]
        for begin in range(0, len(keys), size):
            fewer = {key: faults[key] for key in faults if key not in keys[begin : begin + size]}
            if len(fewer) < len(faults) and fails(case._replace(faults=fewer)):
                faults = fewer
        size //= 2
    return case._replace(faults=faults)
