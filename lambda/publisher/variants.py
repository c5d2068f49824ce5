"""The variants of the publisher, as tables of what each one knows: a template carries one of them."""

from contract import ALIASES, OPERATIONS_ALIASES, PIPELINE_EVENT
from publisher.alarms import automatic
from publisher.decision import hold, publish, release, roll_back, switch
from publisher.executions import in_order, release_and_publish, succeeded, with_deployment
from publisher.reception import Kind, Variant
from publisher.requests import REQUESTS
from publisher.retirement import retire

RULES = {
    "publish": publish,
    "promote": switch,
    "rollback": roll_back,
    "hold": hold,
    "release": release,
    "retire": retire,
}
KINDS = {PIPELINE_EVENT: Kind(succeeded, with_deployment)}
WITH_PIPELINE = RULES | {"pipeline": in_order, "release": release_and_publish}

# A site without a pipeline: a CI asks for what it has uploaded.
DIRECT = Variant(REQUESTS, RULES, {}, ALIASES)
# Each success of the pipeline becomes live, in the order of the starts.
PIPELINE = Variant(REQUESTS, WITH_PIPELINE, KINDS, ALIASES)
# With the option `operations` it knows the pruner, and goes back after an alarm.
OPERATIONS = Variant(
    REQUESTS | {"auto-rollback": {"at*": str, "minutes*": int}},
    WITH_PIPELINE | {"auto-rollback": automatic},
    KINDS,
    ALIASES | OPERATIONS_ALIASES,
)
