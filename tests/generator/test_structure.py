"""The house itself: arrows between packages point one way, the golden templates are what the generator writes."""

from __future__ import annotations

import ast
import difflib
import os
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import generator
from generator import Settings, build_template
from generator.render import to_yaml
from generator.settings import OPTIONS, SOURCES, Option, Source
from generator.webhook import build_webhook
from workbench import ROOT
from workbench.arrows import arrows, hidden, sources

# As in template.py: the order in which a commit becomes a page.
ORDER = [
    "storage",
    "edge",
    "alerts",
    "workers",
    "publishing",
    "building",
    "compiling",
    "uploading",
    "telling",
    "delivery",
    "direct",
]
ORDER += ["pruning", "rollback", "watching", "outputs"]

# Which package, or room of one (docs/architecture.md, "The house"), may name which others. Whoever needs an arrow that
# is not here adds it here first, with a reason in the commit.
LAMBDA = {f"lambda/{room}" for room in ("publisher", "pruner", "messenger", "webhook", "compiler")}
CODEBUILD = {f"codebuild/{room}" for room in ("content", "packer", "uploader")}
SHIPPED = {"function", "lambda", *LAMBDA, "codebuild", *CODEBUILD}
DEPLOYMENTS = {"deployments", *(f"deployments/{room}" for room in ("project", "init", "up", "rights"))}
DOORS = {"instant_hosting/__init__", "instant_hosting/commands", "instant_hosting/__main__"}
COMMANDS = {"deployments/cli", "deployments/__main__"}
DASHBOARD = {"dashboard", "dashboard/page"}
LOCAL = {"local", "local/edge", "local/cloud", "local/commands"}
PUBLIC = {"instant_hosting", *DOORS}
HOUSE = {*PUBLIC, "generator", "detection", "detection/readers", *DEPLOYMENTS, *COMMANDS, *LOCAL, *DASHBOARD}
ARROWS: dict[str, set[str]] = {
    # what runs on AWS knows nothing of the house, and of the other rooms only the contract
    "function": set(),
    "lambda": set(),
    **{room: {"lambda"} for room in LAMBDA},
    "lambda/compiler": {"lambda", "codebuild/content"},  # it says where a site's files are found
    **{f"codebuild/{room}": {"lambda", "codebuild/content"} for room in ("packer", "uploader")},
    "codebuild/content": {"lambda"},
    "codebuild": set(),  # shell and JavaScript
    # where that is found
    "instant_hosting": set(),
    "generator": {"instant_hosting", *SHIPPED},
    # what a project is: it knows the frameworks' rows and the parameters, and nothing of AWS
    "detection": {"generator"},
    "deployments": {"instant_hosting", "generator", "lambda", *LAMBDA, *CODEBUILD},
    # the files that say what a stack is made of; how a mistake in them is said is the commands'
    "deployments/project": {"deployments", "generator"},
    "deployments/init": {"deployments", "deployments/project", "detection", "generator", "lambda"},
    # it says which folder is to be published next
    "deployments/up": {"deployments", "deployments/project", "detection", "instant_hosting", "generator", "lambda"},
    # who needs to be allowed what, made from a project's template
    "deployments/rights": {"deployments", "deployments/project", "deployments/up", "generator", "lambda"},
    # the list of all commands, and what starts it
    "deployments/cli": {"lambda", *DEPLOYMENTS, "dashboard"},
    "deployments/__main__": {"deployments", "deployments/cli", "instant_hosting"},
    # the page for people: it reads and asks as the commands do, and never knows what runs locally
    "dashboard": {"dashboard/page", "instant_hosting", "deployments", "lambda", *LAMBDA},
    # the text that it is put together to, from scripts that are joined and written short as those of the edge are
    "dashboard/page": {"generator"},
    # what its rooms share, and its three rooms
    "local": {"instant_hosting"},
    "local/cloud": {"local", "instant_hosting", "generator", "lambda", "codebuild"},
    "local/edge": {"local", "local/cloud", "instant_hosting", "lambda"},
    "local/commands": {
        *(
            "local",
            "local/edge",
            "local/cloud",
            "deployments",
            "dashboard",
            "detection",
            "instant_hosting",
            "generator",
        ),
        *SHIPPED,
    },
    "local/__main__": {"local", "local/commands", "instant_hosting", "generator", "lambda"},
    # the doors of the installed package: what is public, and the commands
    "instant_hosting/__init__": {"instant_hosting", "generator"},
    "instant_hosting/commands": {"instant_hosting", "generator", "local/__main__", "deployments/__main__"},
    "instant_hosting/__main__": {"instant_hosting/commands"},
    "setup": set(),  # it packs what it finds
    # what nobody installs
    "workbench": SHIPPED | HOUSE,
    "bench": SHIPPED | HOUSE | {"workbench"},
    "tests": SHIPPED | HOUSE | {"workbench", "bench"},
}
# What is loaded by a name that no text has, and why
HIDDEN = {
    "deployments/cli.py": "loads a command when it is called, by the names that stand in its table",
    "workbench/together.py": "loads the modules of a program that ships, as the generator finds them",
    "local/cloud/launcher.py": "takes the guard that lies beside it: it runs as a program, outside of a package",
    "workbench/sam.py": "finds the packages of Lambda's runtime, which are libraries",
}
# Which modules ask the environment, a clock or chance by themselves, and why no caller tells them
ENTRY = "an entry: it hands on what it reads"
SURROUNDINGS = {
    # what runs on AWS
    "lambda/messenger/mail.py": "the handler's own variables",
    "lambda/pruner/daily.py": "the handler's own variables",
    "lambda/webhook/door/entry.py": ENTRY,
    "lambda/webhook/reporter/entry.py": "the handler's own variables",
    **dict.fromkeys(
        ("lambda/publisher/aws.py", "lambda/publisher/notation.py", "lambda/publisher/switching.py"),
        "bytes: docs/decisions/template-size.md",
    ),
    "lambda/pruner/deadline.py": "it is the clock that is handed on",
    "lambda/pruner/lock.py": "names what is new: a lock that is no other's",
    "lambda/webhook/door/effects.py": "names what is new; its clock and its waiting are arguments",
    "lambda/webhook/door/settings.py": "its clock is an argument; how old a secret is AWS tells by the date",
    "lambda/webhook/reporter/hosts.py": "its waiting is an argument",
    "lambda/webhook/reporter/memory.py": "its clock is an argument",
    "codebuild/content/identity.py": "names what is new: an ID is never given twice",
    "codebuild/packer/command.py": ENTRY,
    "codebuild/uploader/action.py": f"{ENTRY}; it says how long it took",
    "codebuild/uploader/deployment.py": "asks how long the upload has taken, before its last write",
    "codebuild/uploader/execution.py": "waits for AWS",
    "codebuild/uploader/lease.py": "waits for AWS",
    "codebuild/uploader/objects.py": "waits for AWS",
    # the commands
    "instant_hosting/commands.py": ENTRY,
    "dashboard/program.py": ENTRY,
    "deployments/cloud.py": "the variables by which every tool of AWS's is told where it is",
    "deployments/command.py": "the CI's variables say who asks",
    "deployments/local_system.py": "the variables say where this user's programs meet",
    "deployments/init/repository.py": "hands the variables on to git",
    "deployments/output.py": "shows a person how old something is",
    "deployments/probe.py": "names what is new",
    "deployments/pruning.py": "names what is new",
    "deployments/up/bucket.py": "names what is new",
    "deployments/up/formation.py": "names what is new, and waits for AWS",
    "deployments/init/connections.py": "waits for a person",
    **dict.fromkeys(
        (f"deployments/{name}.py" for name in ("guarantees", "pipelined", "publisher", "up/following", "visitor")),
        "waits for AWS",
    ),
    "deployments/watching.py": "waits for AWS, and measures it",
    **dict.fromkeys(
        (f"deployments/{name}.py" for name in ("findings", "publishing", "up/opening", "up/progress", "uploading")),
        "measures how long AWS takes",
    ),
    # AWS on this machine
    "local/cloud/build.py": "names what is new, at what time, and hands the variables on to the build",
    "local/cloud/child.py": "waits for a process",
    "local/cloud/emulator.py": "waits for a process, which gets a port, a password and the variables",
    "local/cloud/guard.py": "runs in the emulator: it gets its password in a variable",
    "local/cloud/launcher.py": "a program of its own: it is told in variables what to patch",
    "local/cloud/stack.py": "names what is new, and waits for a process",
    "local/commands/pipeline.py": "waits for the emulated AWS, and measures it",
    "local/commands/project.py": "hands the variables on to the build",
    "local/commands/publication.py": "measures how long it takes",
    "local/commands/telling.py": "tells when a build began and ended, as CodePipeline does",
    "local/edge/cache.py": "its clock is an argument; an answer's Expires is a date",
    "local/edge/location.py": "names what is new: each request",
    "local/edge/origin.py": "remembers what the store held when",
}


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
    return found


def test_a_section_imports_only_sections_before_it() -> None:
    sections = {path.stem: path for path in (ROOT / "generator" / "sections").glob("*.py") if path.stem != "__init__"}
    assert set(ORDER) == set(sections)
    for name, path in sections.items():
        others = {module.rsplit(".", 1)[1] for module in imports(path) if module.startswith("generator.sections.")}
        assert all(ORDER.index(other) < ORDER.index(name) for other in others), name


def test_nothing_below_the_command_reads_the_environment_a_clock_or_chance() -> None:
    command = {"__main__", "delivery"}  # what it says, and where it puts what it wrote
    upwards = {"instant_hosting.usage", *(f"generator.{name}" for name in command)}
    for path in (ROOT / "generator").rglob("*.py"):
        if path.stem not in command:
            assert not {"os", "time", "datetime", "random", "uuid", "subprocess"} & imports(path), path
            assert not upwards & imports(path), path


def asks_its_surroundings(text: str) -> bool:
    """Whether a module reads the environment, a clock or chance, or waits."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names) if {name.name for name in names} & {"time", "uuid", "random", "secrets"}:
                return True
            case ast.ImportFrom(module="time" | "uuid" | "random" | "secrets"):
                return True
            case ast.ImportFrom(module="os", names=names):
                if {name.name for name in names} & {"environ", "getenv", "urandom"}:
                    return True
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv" | "urandom"):
                return True
            case ast.Attribute(
                value=ast.Name(id="datetime" | "date") | ast.Attribute(attr="datetime" | "date"),
                attr="now" | "today" | "utcnow",
            ):
                return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        "import os\ndef late():\n    return os.environ['HOME']",
        "from os import getenv",
        "import time as clock",
        "from uuid import uuid4",
        "from datetime import datetime\nnow = datetime.now()",
        "import datetime\nnow = datetime.datetime.now()",
    ],
)
def test_it_is_seen_however_a_module_asks_its_surroundings(text: str) -> None:
    assert asks_its_surroundings(text)
    assert not asks_its_surroundings("import os\nfrom datetime import datetime\nos.path, datetime.fromisoformat")


def test_only_a_module_with_a_reason_asks_the_environment_a_clock_or_chance() -> None:
    packages = {"codebuild", "dashboard", "deployments", "detection", "function", "instant_hosting", "lambda", "local"}
    house = [path for path in sources() if path.split("/")[0] in packages]
    found = {path for path in house if asks_its_surroundings((ROOT / path).read_text(encoding="utf-8"))}
    assert found - set(SURROUNDINGS) == set(), "let the caller tell it, or write into SURROUNDINGS why none can"
    assert set(SURROUNDINGS) - found == set(), "these ask no longer: take their rows out"
    assert not [path for path in found if path.startswith("detection/")]  # it has the folder alone


def test_generating_needs_troposphere_and_awacs_alone() -> None:
    allowed = {"troposphere", "awacs", "generator", "instant_hosting", "contract"}
    for path in (ROOT / "generator").rglob("*.py"):
        assert {module.split(".")[0] for module in imports(path)} <= allowed | sys.stdlib_module_names, path


def package(path: str) -> str:
    """The package of the table, or the room of one, that a file is in: the nearest one."""
    inside = [name for name in ARROWS if f"{path}/".startswith(f"{name}/")]
    return max(inside, key=len, default="")


def test_the_table_of_arrows_has_no_circle_and_knows_every_package() -> None:
    TopologicalSorter(ARROWS).prepare()
    assert [path for path in sources() if not package(path.removesuffix(".py"))] == []


def test_every_arrow_between_packages_is_in_the_table() -> None:
    drawn = [arrow for path in sources() for arrow in arrows(path)]
    ends = [(arrow, package(arrow.source.removesuffix(".py")), package(arrow.target)) for arrow in drawn]
    assert len({(here, there) for _, here, there in ends}) > len(ARROWS)  # it does see them
    wrong = [arrow for arrow, here, there in ends if here != there and there not in ARROWS[here]]
    assert wrong == [], "turn the arrow round, or move what both need below both; ARROWS says which may be"


@pytest.mark.parametrize(
    "text",
    [
        "import local.cloud.stack",
        "from local.cloud import stack",
        "from local.cloud.stack import Stack",
        "def late():\n    from local.cloud.stack import Stack",
        "def late():\n    importlib.import_module('local.cloud.stack')",
        "subprocess.run([sys.executable, '-m', 'local.cloud.stack'])",
        "load('local/cloud/stack.py')",
    ],
)
def test_an_arrow_is_seen_however_it_is_drawn(tmp_path: Path, text: str) -> None:
    (tmp_path / "drawn.py").write_text(text)
    assert {"local/cloud/stack"} == {arrow.target for arrow in arrows(str(tmp_path / "drawn.py"))}


def test_only_a_loader_with_a_reason_loads_what_no_text_names() -> None:
    house = [path for path in sources() if package(path) not in ("tests", "bench")]
    assert {load.source for path in house for load in hidden(path)} <= set(HIDDEN)


def test_nobody_imports_a_test_or_its_fixtures() -> None:
    drawn = [arrow for path in sources() for arrow in arrows(path)]
    tests = [arrow for arrow in drawn if re.match(r"(test_|conftest$)", arrow.target.rsplit("/", 1)[-1])]
    assert tests == [], "put what both need into a module of its own: in workbench/, or beside the tests"


def test_what_is_public_is_what_the_readme_says() -> None:
    assert generator.__all__ == ["Settings", "SettingsError", "__version__", "build_template", "load_settings"]


@pytest.mark.parametrize("options", [frozenset(), frozenset(OPTIONS)], ids=["plain", "operations"])
@pytest.mark.parametrize("source", SOURCES)
def test_the_golden_template_is_what_the_generator_writes(source: Source, options: frozenset[Option]) -> None:
    name = "-".join([source, *options])
    compare(f"{name}.yaml", to_yaml(build_template(Settings(source=source, options=options))))


@pytest.mark.parametrize("source", SOURCES)
def test_the_golden_sam_template_is_what_the_generator_writes(source: Source) -> None:
    compare(f"{source}-sam.yaml", to_yaml(build_template(Settings(source=source, packaging="sam"))))


def test_the_golden_webhook_template_is_what_the_generator_writes() -> None:
    compare("webhook.yaml", to_yaml(build_webhook()))


def compare(name: str, written: str) -> None:
    golden = ROOT / "templates" / name
    difference = difflib.unified_diff(
        golden.read_text().splitlines(), written.splitlines(), "golden", "written", n=1, lineterm=""
    )
    assert golden.read_text() == written, "run `make templates` if this is meant:\n" + "\n".join(list(difference)[:60])


@pytest.mark.parametrize("module", ["workbench.crawl", "workbench.uploads", "workbench.served"])
def test_a_command_of_the_workbench_finds_what_ships_whatever_it_imports_first(module: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", f"import {module}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_a_command_that_writes_no_template_does_not_wait_for_troposphere() -> None:
    code = "import sys; from deployments.cli import commands; commands(); print('troposphere' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
