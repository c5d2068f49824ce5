"""How the distribution answers: its behaviours, its errors, its names."""

from __future__ import annotations

import re
from typing import Any

from generator.settings import SOURCES
from tests.generator.variants import EVERY_SOURCE, resolved, template
from workbench.resolve import TRUE


@EVERY_SOURCE
def test_the_distribution_reads_no_manifest_and_gets_404_for_what_is_missing(source: str) -> None:
    (read,) = [s for s in resolved(source).statements("SiteBucketPolicy") if s["Effect"] == "Allow"]
    assert read["Action"] == ["s3:GetObject", "s3:ListBucket"]
    *objects, bucket = read["Resource"]
    assert objects == [f"<SiteBucket.Arn>/{prefix}/*" for prefix in ("deployments", "immutable", "_errors")]
    assert bucket == "<SiteBucket.Arn>"
    ours = "arn:aws:cloudfront::111122223333:distribution/<Distribution>"
    assert read["Condition"] == {"StringEquals": {"AWS:SourceArn": ours}}


def distribution(**parameters: str) -> dict[str, Any]:
    config: dict[str, Any] = resolved("direct", **parameters).properties("Distribution")["DistributionConfig"]
    return config


def test_the_distribution_speaks_http3_ipv6_and_https_only_and_compresses() -> None:
    config = distribution()
    assert (config["HttpVersion"], config["IPV6Enabled"]) == ("http2and3", True)
    for behavior in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]:
        assert behavior["ViewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["Compress"] is True


def test_only_the_default_behavior_has_the_response_function_and_errors_have_none() -> None:
    config = distribution()

    def events(behavior: dict[str, Any]) -> list[str]:
        return [f["EventType"] for f in behavior.get("FunctionAssociations", [])]

    assert events(config["DefaultCacheBehavior"]) == ["viewer-request", "viewer-response"]
    errors, *assets = config["CacheBehaviors"]
    assert (errors["PathPattern"], events(errors)) == ("/_errors/*", [])
    assert all(events(asset) == ["viewer-request"] for asset in assets)
    assert 0 < len(assets) <= 7  # the Pro plan allows ten behaviors, default and errors included


PAGES_AND_WORKERS = ["/", "/about", "/sw.js", "/service-worker.js", "/ngsw-worker.js", "/assets", "/assets/", "/a.html"]


def test_no_asset_pattern_can_match_a_page_or_a_service_worker() -> None:
    for behavior in distribution()["CacheBehaviors"]:
        pattern = re.escape(behavior["PathPattern"]).replace(r"\*", ".*")
        assert not [path for path in PAGES_AND_WORKERS if re.fullmatch(pattern, path)]


def test_no_custom_policy_is_made_because_an_account_has_twenty() -> None:
    types = {r["Type"] for source in SOURCES for r in template(source)["Resources"].values()}
    assert not {t for t in types if t.startswith("AWS::CloudFront::") and t.endswith("Policy")}
    config = distribution()
    policies = {b["CachePolicyId"] for b in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]}
    assert policies == {"658327ea-f89d-4fab-a63d-7e88639e58f6"}


def test_errors_are_cached_for_seconds_not_for_cloudformations_five_minutes() -> None:
    responses = {response["ErrorCode"]: response for response in distribution()["CustomErrorResponses"]}
    assert {code: r["ErrorCachingMinTTL"] for code, r in responses.items()} == {
        404: 10, 403: 1, 500: 1, 502: 1, 503: 1, 504: 1
    }  # fmt: skip
    assert responses[404]["ResponsePagePath"] == "/_errors/404.html"
    assert responses[404]["ResponseCode"] == 404
    assert not any("ResponsePagePath" in r for code, r in responses.items() if code != 404)


def test_a_domain_brings_its_names_and_certificate_and_its_absence_neither() -> None:
    config = distribution(**TRUE["HasDomain"])
    assert config["Aliases"] == ["www.example.com", "example.com"]
    assert config["ViewerCertificate"]["AcmCertificateArn"] == TRUE["HasDomain"]["CertificateArn"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert "Aliases" not in distribution()
    assert distribution()["ViewerCertificate"] == {"CloudFrontDefaultCertificate": True}
