"""Plays a script: sends its events as AWS does, and writes down what became of each."""

from __future__ import annotations

import functools
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contract import LEDGER, PRUNE_SECONDS, PUBLISHER_SECONDS

from .actors import Actors, lines
from .script import NO_ID, Script, Stimulus
from .state import Request
from .system import Chance, Process, System, current

RETRIES = 2  # of Lambda, after an event that was not done
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: one minute, then two
RETRY = 60


@dataclass
class Write:
    """One write into the store."""

    process: str  # "" is a person
    moment: int  # milliseconds
    values: dict[str, str]
    there: frozenset[str]  # the deployments that were complete


@dataclass
class Deletion:
    process: str
    moment: int
    keys: list[str]
    writes: int  # of the store until then


@dataclass
class Record:
    """All that is known of a run after it."""

    system: System
    requests: dict[str, Request] = field(default_factory=dict)  # by process
    writes: list[Write] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    there: list[tuple[int, frozenset[str]]] = field(default_factory=list)  # the complete ones, whenever that changed
    uploads: dict[str, str] = field(default_factory=dict)  # process: deployment
    now: set[str] = field(default_factory=set)  # the prunes that may take what is young
    problems: list[str] = field(default_factory=list)

    @property
    def moment(self) -> int:
        return round(self.system.seconds * 1000)


class Play:
    """One run of a script."""

    def __init__(self, actors: Actors, script: Script, chance: Chance) -> None:
        self.actors, self.script = actors, script
        self.system = actors.system = System(actors.beginning.copy(), chance)
        self.record = Record(self.system)
        self.system.watch = self.watch
        self.written("")

    def run(self) -> Record:
        for stimulus in self.script:
            self.system.later(stimulus.at, functools.partial(getattr(self, stimulus.kind), stimulus))
        self.system.run()
        return self.record

    def upload(self, stimulus: Stimulus, execution: str = "", then: Callable[[], object] = lambda: None) -> None:
        """Upload if there is something to upload, and go on when it is done."""
        deployment = stimulus.body.get("upload")
        if not deployment:
            then()
            return

        run = functools.partial(self.actors.upload, deployment, execution)

        def begin(key: str, delay: float) -> None:
            self.record.uploads[key] = deployment
            self.system.later(delay, functools.partial(self.system.process, key, run, ended))

        def ended(process: Process) -> None:
            if process.end == "answered":
                then()
            elif execution and process.key[-1] != "'":  # somebody retries the stage, once
                begin(f"{process.key}'", 1)

        for number, delay in enumerate(stimulus.deliveries if stimulus.kind == "upload" else (0.0,)):
            begin(f"{stimulus.name}.upload{number}", delay)

    def ci(self, stimulus: Stimulus) -> None:
        self.upload(stimulus, then=lambda: self.event(stimulus))

    def event(self, stimulus: Stimulus) -> None:
        asked = self.second()
        event = {
            "detail-type": "Deployment Request",
            "id": identity(stimulus),
            "time": self.time(asked),
            "detail": {"stack": "site", **stimulus.body["request"]},
        }
        self.deliver(stimulus, event, asking(stimulus.body["request"], asked, identity(stimulus)))

    def pipeline(self, stimulus: Stimulus) -> None:
        """An execution: its upload, the event of its success, which carries its start."""
        execution, deployment = f"execution-{stimulus.name}", stimulus.body["deployment"]
        begun = self.record.moment
        start = begun + int(stimulus.body["start"] * 1000)

        def succeeded() -> None:
            event = {
                "detail-type": "CodePipeline Pipeline Execution State Change",
                "id": identity(stimulus),
                "time": self.time(self.second()),
                "detail": {
                    "pipeline": "pipeline",
                    "state": "SUCCEEDED",
                    "execution-id": execution,
                    "start-time": self.time(start),
                },
            }
            request = Request("pipeline", self.record.moment, execution, identity(stimulus), deployment, start)
            self.deliver(stimulus, event, request._replace(broken=deployment in NO_ID))

        if "upload" in stimulus.body:
            self.upload(stimulus, execution, succeeded)
        else:
            self.actors.client("s3").put_object(Bucket="", Key=f"executions/{execution}", Body=deployment.encode())
            succeeded()

    def alarm(self, stimulus: Stimulus) -> None:
        asked = self.second()
        request = asking(stimulus.body["request"], asked, identity(stimulus))
        self.deliver(stimulus, {**stimulus.body["request"], "at": self.time(asked)}, request)

    def direct(self, stimulus: Stimulus) -> None:
        request = asking(stimulus.body["request"], self.record.moment)
        request = request._replace(clock=1000 * stimulus.body.get("clock", 0))
        self.publisher(stimulus.name, stimulus.body["request"], request)

    def prune(self, stimulus: Stimulus) -> None:
        for number, delay in enumerate(stimulus.deliveries):
            self.system.later(delay, functools.partial(self.pruner, stimulus, f"{stimulus.name}.{number}", RETRIES))

    def pruner(self, stimulus: Stimulus, key: str, retries: int) -> None:
        if stimulus.body.get("now"):
            self.record.now.add(key)
        run = functools.partial(self.actors.prune, self.ask, dict(stimulus.body))
        again = functools.partial(self.pruner, stimulus, f"{key}'", retries - 1)
        self.system.process(key, run, self.retry(retries, again), PRUNE_SECONDS)

    def store(self, stimulus: Stimulus) -> None:
        """A person mends the ledger into something else, and puts it right a while later."""
        right = self.system.world.values["ledger"]
        self.put_ledger(stimulus.body["ledger"])
        self.system.later(stimulus.body["for"], lambda: self.put_ledger(right))

    def put_ledger(self, text: str) -> None:
        world = self.system.world
        world.values["ledger"] = text
        world.writes += 1
        world.version += 1
        self.written("")

    def deliver(self, stimulus: Stimulus, event: dict[str, Any], request: Request) -> None:
        """Every delivery of one event, each with Lambda's tries."""
        for number, delay in enumerate(stimulus.deliveries):
            key = f"{stimulus.name}.{number}"
            self.system.later(delay, functools.partial(self.publisher, key, event, request, RETRIES))

    def publisher(self, key: str, event: dict[str, Any], request: Request, retries: int = 0) -> Process:
        self.record.requests[key] = request
        again = functools.partial(self.publisher, f"{key}'", event, request, retries - 1)
        run = functools.partial(self.actors.publisher, event)
        process = self.system.process(key, run, self.retry(retries, again), PUBLISHER_SECONDS)
        process.clock = timedelta(milliseconds=request.clock)
        return process

    def retry(self, retries: int, again: Callable[[], object]) -> Callable[[Process], None]:
        def ended(process: Process) -> None:
            if process.end != "answered" and retries:
                delay = self.system.chance.fault(process.key, process.calls).delay
                self.system.later(RETRY * delay, again)

        return ended

    def ask(self, body: Any) -> Any:
        """The pruner's invocation of the publisher: a process of its own, which goes on without whoever asked."""
        asker = current()
        assert asker
        key = f"{asker.key}>{asker.calls}"
        arguments = {"Key": key}
        found = self.system.call("invoke", lambda **_: self.invoke(key, body), arguments)
        if found.end != "answered":
            raise RuntimeError(f"the publisher failed: {found.error}")
        return found.answer

    def invoke(self, key: str, body: dict[str, Any]) -> Process:
        key = key if key not in self.record.requests else f"{key}'"
        return self.system.wait_for(lambda _: self.publisher(key, body, asking(body, self.record.moment)))

    def watch(self, process: Process | None, operation: str, arguments: dict[str, Any]) -> None:
        """After each change of the world: write down what it was, and look whether what is live is whole."""
        key = process.key if process else ""
        if operation == "update_keys" and any(put["Key"] == LEDGER for put in arguments.get("Puts", ())):
            self.written(key)  # else only lines that the router looks up
        keys = [item["Key"] for item in arguments.get("Delete", {}).get("Objects", ())]
        if keys:
            self.record.deletions.append(Deletion(key, self.record.moment, keys, len(self.record.writes)))
        if any("manifests/" in name for name in (*keys, arguments.get("Key", ""))):
            self.record.there.append((self.record.moment, self.there()))
        live = self.system.world.live()
        if missing := self.actors.needs.get(live, frozenset()) - self.system.world.objects.keys():
            self.record.problems.append(f"{live} is live and lacks {sorted(missing)}")
        if live and (lacking := lines(live).items() - self.system.world.values.items()):
            self.record.problems.append(f"{live} is live and the store lacks {sorted(lacking)}")

    def there(self) -> frozenset[str]:
        return frozenset(one for one in self.actors.needs if f"manifests/{one}.json" in self.system.world.objects)

    def written(self, key: str) -> None:
        world = self.system.world
        self.record.writes.append(Write(key, self.record.moment, dict(world.values), self.there()))

    def second(self) -> int:
        """When an event is sent: EventBridge tells whole seconds only."""
        return int(self.system.seconds) * 1000

    def time(self, moment: int) -> str:
        exact = "milliseconds" if moment % 1000 else "seconds"  # AWS gives either
        return f"{(self.system.start + timedelta(milliseconds=moment)).isoformat(timespec=exact)[:-6]}Z"


def asking(body: dict[str, Any], asked: int, event: str = "") -> Request:
    """A request as the model takes it."""
    names = {*Request._fields} & body.keys() - {"deployments"}
    values = {name: body[name] for name in names}
    return Request(**{**values, "asked": asked, "event": event, "deployments": tuple(body.get("deployments", ()))})


def identity(stimulus: Stimulus) -> str:
    """An event's ID, as random as EventBridge's and the same in every run."""
    return str(uuid.UUID(hashlib.md5(stimulus.name.encode()).hexdigest()))
