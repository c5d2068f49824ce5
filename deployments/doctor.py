"""`doctor`: settles on a real distribution what AWS leaves open, and says what the product does in either case."""

from __future__ import annotations

from collections.abc import Sequence

import click

from deployments import findings
from deployments.cloud import Cloud
from deployments.command import example, in_cloud
from deployments.errors import Failure
from deployments.findings import Finding
from deployments.output import Column, Output
from deployments.probe import Probe, probe

_COLUMNS = (
    Column("", narrow="whole"),
    Column("QUESTION", "bold", narrow="wrap"),
    Column("SEEN", "cyan", narrow="wrap"),
    Column("MEANING", narrow="wrap"),
)


@click.command(epilog=example("deployments doctor --region eu-central-1"))
@in_cloud
def doctor(cloud: Cloud, output: Output) -> None:
    """Find out how CloudFront, S3 and the store really behave, on a stack of its own that is deleted afterwards.

    It never touches a site of yours. It needs the rights to create and delete a stack of the direct template, takes
    about 15 minutes on AWS, and costs less than a cent. In a pipe each line has, between tabs: ok or problem,
    question, what is seen, what that means.
    """
    with probe(cloud, output) as there:
        found = examine(there)
    rows = [["ok" if one.kept else "problem", one.question, one.seen, one.meaning] for one in found]
    output.rows(_COLUMNS, rows, [one._asdict() for one in found])
    broken = [one.question for one in found if not one.kept]
    if broken:
        raise Failure(f"{len(broken)} of {len(found)} not as promised: {'; '.join(broken)}")


def examine(there: Probe) -> Sequence[Finding]:
    """Ask everything, in the order in which it can be asked."""
    found = findings.before_anything(there)
    first = there.publish(findings.pages("first"), "folders")
    if there.site.visitor.wait_for(first, findings.SEEN_WITHIN) is None:
        raise Failure(f"{there.site.url} never showed its first deployment: is this machine's network in the way?")
    found += findings.with_folders(there)
    live, switch = findings.of_the_switch(there)
    found += switch + findings.of_the_pin(there, live)
    return found + findings.of_what_is_missing(there) + findings.of_odd_names(there)
