"""The action Upload killed, throttled, cut off from its answers and run twice at once: a few of `make accidents`."""

from __future__ import annotations

import os
import subprocess
import sys

from workbench import ROOT

# What an upload must not do, and the driver must find
OVERWRITING = """
import sys
from uploader.client import QuickClient
put = QuickClient.put_object
QuickClient.put_object = lambda self, IfNoneMatch=None, **options: put(self, **options)
from tests.uploader import accidents
sys.exit(accidents.main())
"""


def _play(*command: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: it forks, which one with threads must not."""
    path = os.pathsep.join(str(ROOT / name) for name in ("", "lambda", "codebuild"))
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, timeout=300)


def test_whatever_happens_to_an_upload_there_is_one_complete_deployment() -> None:
    played = _play("-m", "tests.uploader.accidents", "--first", "2", "--runs", "4")
    assert (played.returncode, played.stderr) == (0, ""), played
    assert "killed" in played.stdout
    assert "failed" in played.stdout


def test_an_upload_that_overwrites_what_a_dead_one_left_is_found() -> None:
    played = _play("-c", OVERWRITING, "--seed", "5")
    assert "seed 5 (make accidents SEED=5): written twice: " in played.stdout, played
