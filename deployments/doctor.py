"""`doctor`: settles on a real distribution what AWS leaves open, and says what the product does in either case."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping, Sequence

import click

from deployments import findings, guarantees, pipelined, precedence
from deployments.cloud import Cloud
from deployments.command import example, in_cloud
from deployments.costs import bill
from deployments.errors import USAGE, Failure
from deployments.finding import Finding, answers
from deployments.output import Column, Output
from deployments.probe import Probe, probe

_COLUMNS = (
    Column("VERDICT", narrow="wrap"),
    Column("QUESTION", "bold", narrow="wrap"),
    Column("SEEN", "cyan", narrow="wrap"),
    Column("ASSUMED", narrow="wrap"),
)
_MADE = {
    "direct": "a stack with a bucket, a store, a distribution with two functions, the publisher, its queue and alarms",
    "zip": "a stack like that of `--source direct`, with a pipeline, two build projects, two more buckets and a queue, "
    "and a bucket for its template",
}
# What people are told to expect: a distribution is made and removed, with zip a pipeline runs besides
_MINUTES = {"direct": 20, "zip": 40}


@click.command(epilog=example("deployments doctor --source zip --region eu-central-1"))
@click.option(
    "--source",
    type=click.Choice(["direct", "zip"]),
    default="direct",
    show_default=True,
    help="The template to try; zip adds a pipeline, its roles and events, a failing build and the cache.",
)
@in_cloud
def doctor(cloud: Cloud, output: Output, source: str) -> None:
    """Find out how CloudFront, S3, the store and CodePipeline really behave, on a stack of its own.

    It never touches a site of yours. First it says what it makes and what that costs. At its end it removes all of it,
    even after Ctrl-C, and names what it could not remove. It needs the rights to create and delete such a stack, and
    `pip install '.[doctor]'`. In a pipe each line has, between tabs: the verdict (OK, `not answered`, or `different:`
    and what follows from it), the question, what was seen, and what the product assumes.
    """
    if importlib.util.find_spec("awscrt") is None:
        raise Failure("boto3 cannot sign for the store: pip install '.[doctor]'", USAGE)
    output.note(f"in {cloud.region}: {_MADE[source]}; all of it is removed at the end")
    output.note(f"about {_MINUTES[source]} minutes, {bill(source)}")
    with probe(cloud, output, source) as there:
        results = examine(there, source)
    rows = [[one.verdict, one.question, one.seen, one.assumed] for one in results]
    output.rows(_COLUMNS, rows, [_as_json(one) for one in results])
    unanswered = sum(one.kept is None for one in results)
    if unanswered:
        output.note(f"{unanswered} of {len(results)} questions could not be asked", "yellow")
    broken = [one.question for one in results if one.kept is False]
    if broken:
        raise Failure(f"AWS differs in {len(broken)} of {len(results)} answers: {'; '.join(broken)}", remedy="")


def examine(there: Probe, source: str = "direct") -> Sequence[Finding]:
    """Ask everything, in the order in which it can be asked; what may do harm comes last."""
    results = answers("before the first deployment", lambda: findings.before_anything(there))
    if source == "zip":
        results += _ask(there, "an upload by ZIP", pipelined.of_an_upload)
        results += _ask(there, "a build that fails", pipelined.of_a_failed_build)
        results += _ask(there, "CodeBuild's cache", pipelined.of_the_cache)
    first = there.publish(findings.pages("first"), "folders")
    if there.site.visitor.wait_for(first, findings.SEEN_WITHIN) is None:
        raise Failure(f"{there.site.url} never showed its first deployment: is this machine's network in the way?")
    results += _ask(there, "a 308", findings.with_folders)
    live, switch = findings.of_the_switch(there)
    results += switch
    results += answers("the pin", lambda: findings.of_the_pin(there, live))
    results += answers("an old pin with the new page's ETag", lambda: guarantees.of_old_pins(there, first))
    results += _ask(there, "the 404 page", findings.of_what_is_missing)
    results += _ask(there, "rules for headers", precedence.of_header_rules)
    results += _ask(there, "odd names", findings.of_odd_names)
    results += _ask(there, "a listing of the bucket", guarantees.of_listings)
    results += answers("compute utilization", lambda: guarantees.of_the_functions(there, first))
    results += _ask(there, "what Ref gives", guarantees.of_physical_ids)
    results += _ask(there, "is GetKey as new as the ETag", guarantees.of_the_store)
    return results + answers("writes over a deployment", lambda: guarantees.of_the_bucket(there, live))


def _ask(there: Probe, question: str, look: Callable[[Probe], Sequence[Finding]]) -> list[Finding]:
    return answers(question, lambda: look(there))


def _as_json(one: Finding) -> Mapping[str, str | bool | None]:
    named = {"question": one.question, "seen": one.seen, "assumed": one.assumed}
    return {**named, "verdict": one.verdict, "kept": one.kept}
