"""A scene, which is a world and the programs that meet in it, and one run of it: what may come next, and taking it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.double import World
from workbench.stepwise import Program, waited_for

if TYPE_CHECKING:
    from aws_types import Clients

Learned = list[dict[str, int]]  # by program: what it changes, and its last step that does
Choice = tuple[str, int]  # "step" or "crash", and the program's number


@dataclass
class Scene:
    """A world and the programs that meet in it; one for each run."""

    world: World
    programs: Sequence[Callable[[Clients], object]]
    check: Callable[[World], str]  # what is wrong, after every step
    finish: Callable[[World], str] = lambda _: ""  # what is wrong after the end
    tell: Callable[[World], str] = lambda _: ""  # how it ended, for `Orders.ends`


class Run:
    """One run of a scene, step by step."""

    def __init__(self, scene: Scene) -> None:
        self.world = scene.world
        self.programs = [Program(number, scene.world, body) for number, body in enumerate(scene.programs)]
        self.path: list[Choice] = []
        for program in self.programs:
            program.resume()

    def choices(self, crashes: int, learned: Learned | None) -> list[Choice]:
        """What may come next; with what is `learned`, only what may make a difference."""
        alive = [program for program in self.programs if not program.end]
        awake = self.awake(alive)
        if learned is not None and len(alive) > 1:
            for program in awake:
                if self.may_come_at_once(program, learned):
                    return [("step", program.number)]
        left = crashes - sum(program.end == "crashed" for program in self.programs)
        dying = [program for program in alive if left > 0 and awake == [program]]
        return [("step", p.number) for p in awake] + [("crash", p.number) for p in dying]

    def awake(self, alive: Sequence[Program]) -> Sequence[Program]:
        """Those that wait for nothing; when all wait, time passes and all go on."""
        awake = [program for program in alive if program.asleep != waited_for(self.world)]
        if awake or not alive:
            return awake
        self.world.later(minutes=21)
        return alive

    def may_come_at_once(self, program: Program, learned: Learned) -> bool:
        """Whether the program's next request changes nothing, and nobody will change what it is about."""
        still = (
            name
            for other in self.programs
            if other is not program and not other.end
            for name, last in learned[other.number].items()
            if len(other.steps) <= last
        )
        return not program.next.changes(self.world) and not any(map(program.next.concerns, still))

    def take(self, choice: Choice) -> None:
        self.path.append(choice)
        program = self.programs[choice[1]]
        if choice[0] == "crash":
            program.crash()
        else:
            program.resume()

    def end(self) -> None:
        """Leave nobody waiting."""
        for program in self.programs:
            if not program.end:
                program.crash()

    def key(self) -> int:
        programs = ((p.log, p.end, p.asleep == waited_for(self.world), len(p.steps)) for p in self.programs)
        return hash((hash(self.world), *programs))
