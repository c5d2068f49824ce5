"""What a mail says of a decision of the publisher: what it means, and what to run next.

Whoever reads it was not there, and may know neither the command nor the word.
"""

from contract import Announcement
from messenger.mail import COMMIT_DIGITS, DIGITS_SHOWN, NAME_SHOWN, plain, run

# outcome: subject, what it means, what to run next
TEXTS = {
    "stale": (
        "{name} is not live: a newer one is",
        "It was built, but its execution started before the live one was published.",
        "promote {deployment}",
    ),
    "late": (
        "a {action} came too late",
        "An event asked for it, but it arrived after a newer change. Nothing was changed.",
        "status",
    ),
    "held": (
        "{name} waits: the site is held",
        "It was built and will not go live before the hold ends.",
        "release --publish",
    ),
    "rolled-back": ("rolled back to {after_name}", "Visitors get it from now on. Before, {before} was live.", "list"),
    "published": (
        "{name} is live, with files that are not its own",
        "Visitors get it from now on.",
        "show {deployment}",
    ),
    "on-hold": ("on hold", "New deployments are built, but they wait.", "release"),
    "released": ("the hold has ended", "The next deployment goes live again. Waiting: {waiting}.", "release --publish"),
}


def decision(detail: Announcement) -> tuple[str, str]:
    """Subject and body for what the publisher announced."""
    late = detail["outcome"] == "stale" and detail["action"] != "pipeline"
    subject, meaning, command = TEXTS["late" if late else detail["outcome"]]
    facts = {"before": "nothing", "waiting": ""} | {name: value for name, value in detail.items() if value}
    facts["waiting"] = facts["waiting"] or "nothing"
    names = {"action": detail["action"], "name": short(detail["deployment"]), "after_name": short(detail["after"])}
    lines = [meaning.format(**facts)]
    lines += [f"Why: {detail['reason']}"] if detail["reason"] else []
    lines += [surplus(detail)] if detail.get("extra") else []
    lines += [f"By: {detail['by']} ({detail['action']})", f"Live: {detail['after'] or 'nothing'}", "", "Next:"]
    nothing_waits = detail["outcome"] == "released" and not detail.get("waiting")
    lines.append(run("status" if nothing_waits else command.format(**facts)))
    if detail["action"] == "auto-rollback":
        lines += ["The site is held now. When you have mended the fault:", run("release")]
    return subject.format(**names), "\n".join(lines)


def surplus(detail: Announcement) -> str:
    """What has come into the deployment's folder, and what takes it away."""
    names = plain(", ".join(detail["extra"]["names"]))
    what = f"Files came into its folder after it was complete ({detail['extra']['count']}). Visitors get them too"
    return f"{what}: {names}. This command takes them away:\n{run('prune {deployment} --extras'.format(**detail))}"


def short(deployment: str) -> str:
    """What a person recognises: the commit's first digits, or the whole of a short name."""
    commit = deployment.rpartition("-")[0]
    return commit[:DIGITS_SHOWN] if len(commit) == COMMIT_DIGITS else deployment[:NAME_SHOWN]
