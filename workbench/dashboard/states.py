"""Every state that the dashboard's page can show, by name, as its server tells them.

They have names, so that tests and pictures show the same ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workbench.dashboard.logs import RUNNING
from workbench.dashboard.records import (
    KEY,
    OK,
    PROSE,
    UNBROKEN,
    Json,
    Recorded,
    ago,
    build,
    deployment,
    deployments,
    difference,
    health,
    message,
    recorded,
    running,
    site,
    traffic,
)

State = Callable[[], Recorded]
HOLD = {"reason": "Freeze until the fair is over", "by": "Ada Lovelace", "since": ago(hours=5)}
_MANY = 2_500


def _live() -> Recorded:
    rows = deployments(10)
    return recorded(message(site(rows)), rows)


def _empty() -> Recorded:
    return recorded(message(site([])), [])


def _first_build() -> Recorded:
    rows = [running()]
    return recorded(message(site(rows)), rows, log=RUNNING)


def _building() -> Recorded:
    rows = [running(), *deployments()]
    return recorded(message(site(rows)), rows, log=RUNNING)


def _held() -> Recorded:
    rows = deployments(2)
    return recorded(message(site(rows, hold=HOLD)), rows)


def _waiting() -> Recorded:
    rows = [deployment(20, 0.4, state="waiting", message="Prices of the winter"), *deployments()]
    return recorded(message(site(rows, hold=HOLD)), rows)


def _first_waits() -> Recorded:
    rows = [deployment(20, 0.4, state="waiting", message="Open the shop")]
    return recorded(message(site(rows, hold=HOLD)), rows)


def _bad() -> Recorded:
    rows = deployments(10)
    return recorded(message(site(rows)), rows, traffic=traffic(rows, bad=True))


def _unwell(told: Json) -> State:
    def state() -> Recorded:
        rows = deployments(2)
        return recorded(message(site(rows, health=told, asked=ago(minutes=4))), rows)

    return state


def _loading() -> Recorded:
    told = site([], health=health("loading", "Read 800 of 2,500 deployments"), count=2_500)
    return recorded(message(told), [])


def _partly() -> Recorded:
    rows = deployments(2)
    no = health(
        "denied",
        "No permission to see the pipeline, so no builds are shown.",
        "Ask for the policy that `deployments rights` prints.",
        "codepipeline:ListPipelineExecutions",
        "arn:aws:codepipeline:eu-central-1:123456789012:shop",
    )
    return recorded(message(site(rows, partly=[{"what": "builds", "health": no}])), rows)


def _no_site() -> Recorded:
    line = "No stack of instant-hosting is in eu-central-1 of account 123456789012."
    return Recorded(message(health={**OK, "line": line}))


def _nowhere() -> Recorded:
    line = "The credentials of the profile work expired at 14:02."
    return Recorded(message(health=health("expired", line, "Sign in again: aws sso login --profile work")))


def _long() -> Recorded:
    rows = deployments()
    rows[0] |= {
        "message": f"{UNBROKEN}\n\n{PROSE}",
        "branch": "feature/" + "very-long-branch-name-" * 3,
        "author": "A" * 60,
    }
    rows[1] |= {"message": PROSE.replace("\n", " ")}
    rows[2] |= {"message": UNBROKEN, "reason": f"Build: {UNBROKEN}"}
    hold = {"reason": UNBROKEN, "by": "B" * 40, "since": ago(days=2)}
    return recorded(message(site(rows, hold=hold, name="n" * 60, url=f"https://{'w' * 60}.example.com")), rows)


def _many() -> Recorded:
    rows = deployments(10) + [deployment(100 + number, 110 + 2.1 * number) for number in range(_MANY - 11)]
    return Recorded(message(site(rows)), {KEY: rows}, difference(rows[:2]), traffic=traffic(rows))


def _several() -> Recorded:
    rows = deployments()
    others = [
        site([running(3)], site="eu-central-1/docs", name="docs"),
        site(deployments(), site="us-east-1/campaign", name="campaign", region="us-east-1", hold=HOLD),
        site([], site="local", name="blog", region="", local=True, source="direct", url="http://localhost:4000"),
        site(deployments(), site="ap-southeast-2/status", name="status", region="ap-southeast-2", health=DENIED),
    ]
    return recorded(message(site(rows), *others), rows)


def _missing() -> Recorded:
    line = "No stack blog in eu-central-1: there are docs, shop."
    gone = site([], site="eu-central-1/blog", name="blog", source="direct", url="", asked="", revision="")
    rows = deployments(2)
    return recorded(message({**gone, "health": health("refused", line)}, site(rows)), rows)


def _local() -> Recorded:
    rows = deployments(2)
    told = site(
        rows,
        name="blog",
        region="",
        local=True,
        source="git",
        url="http://localhost:4000",
        commit_url="",
        repository_url="",
    )
    return recorded(message(told), rows)


def _stopped() -> Recorded:
    rows = [build("stopped", 3), build("superseded", 9), deployment(30, 1, state="retiring"), *deployments(2)]
    return recorded(message(site(rows)), rows)


DENIED = health(
    "denied",
    "arn:aws:iam::123456789012:user/grace may not list the site bucket.",
    "Ask for the policy that `deployments rights` prints.",
    "s3:ListBucket",
    "arn:aws:s3:::shop-sitebucket-1a2b3c",
)
STATES: Mapping[str, State] = {
    "live": _live,
    "empty": _empty,
    "first-build": _first_build,
    "building": _building,
    "held": _held,
    "waiting": _waiting,
    "first-waits": _first_waits,
    "bad-release": _bad,
    "disconnected": _unwell(
        health("disconnected", "There is no answer from eu-central-1.", "It is tried again every few seconds.")
    ),
    "denied": _unwell(DENIED),
    "expired": _unwell(
        health(
            "expired",
            "The credentials of the profile work expired at 14:02.",
            "Sign in again: aws sso login --profile work",
        )
    ),
    "refused": _unwell(
        health(
            "refused",
            "The publisher does not tell what is live: its ledger cannot be read.",
            "`deployments doctor` says more.",
        )
    ),
    "loading": _loading,
    "partly": _partly,
    "no-site": _no_site,
    "nowhere": _nowhere,
    "long": _long,
    "many": _many,
    "several": _several,
    "local": _local,
    "missing": _missing,
    "stopped": _stopped,
}
