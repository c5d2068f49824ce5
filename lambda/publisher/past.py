"""What was live in the order of time, and what one step back means.

The ledger has room for the newest switches only, so a rollback further back asks the bucket.
"""

from typing import NamedTuple

from publisher.intent import Texts
from publisher.ledger import Ledger


class Past(NamedTuple):
    """What the bucket tells: every switch, oldest first, and the deployments that have a manifest."""

    switches: "Texts" = ()
    manifests: frozenset[str] = frozenset()
    since: "Texts" = ()  # when the switches were

    def back(self, ledger: Ledger, live: str, steps: int = 1) -> str:
        """The deployment that was live `steps` places before the live one came; "" if there is none.

        As with undo: twice from C is A and not C again, and what was gone back from is not gone back to. After B was
        rolled back to A and C was published, one step back is A.
        """
        way: list[str] = []
        for deployment in self.switches:
            if deployment in way:
                del way[way.index(deployment) + 1 :]
            else:
                way.append(deployment)
        there = self.manifests - {*ledger.retiring} | {live}
        order = [deployment for deployment in way if deployment in there]
        place = order.index(live) if live in order else len(order)
        return order[place - steps] if place >= steps else ""
