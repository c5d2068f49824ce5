"""What `doctor` asks of headers that a rule of `_headers` and the platform both decide: AWS says not who is last.

The platform's come from the response headers policy, the rule's from the viewer-response function.
"""

from __future__ import annotations

from deployments.finding import Finding
from deployments.probe import Probe
from deployments.visitor import Answer

# Of the template's policy, which lets an origin's own value win for the second one only:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
_TAKEN, _OTHER = "X-Content-Type-Options", "Referrer-Policy"
_VALUE, _MARK = "no-referrer", "X-Doctor"


def rules() -> str:
    """The file `_headers` of the probe's second deployment, which has a page for it."""
    return f"/ruled\n  ! {_TAKEN}\n  {_OTHER}: {_VALUE}\n  {_MARK}: ruled\n"


def of_header_rules(probe: Probe) -> list[Finding]:
    """One page with rules and one without: what is on both is the platform's, whatever the rules say."""
    plain, ruled = probe.site.visitor.navigate("/about"), probe.site.visitor.navigate("/ruled")
    answered = bool(plain.headers[_TAKEN] and plain.headers[_OTHER] and ruled.headers[_MARK])
    own = "give the stack a policy of your own without it (the setting response_headers_policy)"
    return [
        Finding(
            "`! Name` of _headers, for a header that the platform sets",
            _beside(plain, ruled, _TAKEN),
            "taken away: the policy is applied before the viewer-response function runs",
            not ruled.headers[_TAKEN] if answered else None,
            f"visitors get the header in spite of the rule: {own}",
        ),
        Finding(
            "a header of _headers that the platform sets too",
            _beside(plain, ruled, _OTHER),
            "the rule's value, once",
            ruled.headers.get_all(_OTHER) == [_VALUE] if answered else None,
            f"visitors get the platform's value in spite of the rule: {own}",
        ),
    ]


def _beside(plain: Answer, ruled: Answer, name: str) -> str:
    without, with_rule = (", ".join(one.headers.get_all(name, ["none"])) for one in (plain, ruled))
    return f"without a rule {without}, with it {with_rule}"
