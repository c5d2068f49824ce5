"""The benchmark's prune, smaller: the Lambda function in a process of its own, stopped by time-outs."""

from __future__ import annotations

from bench.prune import LIMIT, Run, served

DEPLOYMENTS, OBJECTS, KEEP = 60, 6_000, 5


def test_a_prune_resumes_within_its_memory_where_its_time_out_stopped_it() -> None:
    with served(DEPLOYMENTS, OBJECTS) as server:
        before = server.counts()["objects"]
        runs: list[Run] = []
        while not runs or runs[-1].answer["reason"]:
            runs.append(server.prune(seconds=0.4 * (1 + len(runs)), keep=KEEP, days=1))
            assert len(runs) < 60, runs[-1]
        after = server.counts()["objects"]
        assert server.prune(60, KEEP, 1).answer["objects"] == 0
    assert len(runs) > 1
    assert sum(run.answer["gone"] for run in runs) == DEPLOYMENTS - KEEP
    assert max(run.megabytes for run in runs) < LIMIT
    assert (after["manifests"], after["uploads"]) == (KEEP, KEEP)
    assert before["deployments"] // DEPLOYMENTS == after["deployments"] // KEEP
    # each deployment names its own files and some of the one before
    each = before["immutable"] // DEPLOYMENTS
    assert after["immutable"] == KEEP * each + each // 4
    assert "prune.lock" not in after
