"""What visitors meet: the distribution, and the functions at its edge. The site bucket has no other door."""

from __future__ import annotations

from typing import NamedTuple, NotRequired, TypedDict

from awacs import s3
from awacs.aws import Allow, Condition, Deny, Null, Principal, Statement, StringEquals
from troposphere import GetAtt, If, Join, NoValue, Ref, Split
from troposphere.cloudfront import (
    CacheBehavior,
    CustomErrorResponse,
    DefaultCacheBehavior,
    Distribution,
    DistributionConfig,
    Function,
    FunctionAssociation,
    FunctionConfig,
    KeyValueStoreAssociation,
    Logging,
    Origin,
    OriginAccessControl,
    OriginAccessControlConfig,
    S3OriginConfig,
    ViewerCertificate,
)
from troposphere.s3 import BucketPolicy

from contract import DEPLOYMENTS, ERROR_PAGE, ERRORS, MANIFESTS, MISSING_SECONDS, POOL
from generator import sources
from generator.iam import document
from generator.intrinsics import STACK_NAME, STACK_UUID, arn
from generator.order import UNTIL_READY
from generator.parameters.conditions import HAS_DOMAIN
from generator.sections.storage import Storage, objects_in, tls_only
from generator.settings import DistributionSettings, HeaderSettings

# AWS's managed policies: an account has 20 of its own of each kind, so a stack that brings its own stops at 20 sites.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html
_SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
_CORS_AND_SECURITY_HEADERS = "e61eb60c-9c35-4d20-a928-2b84e02af89c"

# The commonest assets, none of which can be a page or a service worker: they need no viewer-response function, unless
# the setting `[headers] assets` asks for it.
# With the default and _errors/* these make seven behaviors; CloudFront's Pro plan allows ten.
ASSET_PATTERNS = ("*.css", "*.png", "*.jpg", "/assets/*.js", "/_*/*.js")

# For how long edges keep an error that may be over in a moment
FAILURE_SECONDS = 1

ROUTER, FINISHER = "router", "pin"  # what the functions' names begin with, before the stack's UUID
_ORIGIN = "site"


class Edge(NamedTuple):
    router_function: Function
    finisher_function: Function
    access: OriginAccessControl
    distribution: Distribution
    site_bucket_policy: BucketPolicy


_RUNTIME = "cloudfront-js-2.0"  # the one that knows key value stores


class Behavior(TypedDict):
    """What is said of a behavior, by CloudFormation's names."""

    TargetOriginId: str
    ViewerProtocolPolicy: str
    Compress: bool
    CachePolicyId: str
    ResponseHeadersPolicyId: str
    FunctionAssociations: NotRequired[list[FunctionAssociation]]


class Demanded(TypedDict, total=False):
    """What only some teams say of a distribution, by CloudFormation's names."""

    WebACLId: str
    PriceClass: str
    Logging: Logging


def build_edge(storage: Storage, settings: DistributionSettings, headers: HeaderSettings) -> Edge:
    """The distribution with its functions, and the site bucket's policy, which names the distribution."""
    association = KeyValueStoreAssociation(KeyValueStoreARN=GetAtt(storage.store, "Arn"))
    router = Function(
        "RouterFunction",
        # A reference waits until the store is made, and only this until it is ready to be associated:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-resource-configuration-complete.html
        DependsOn=storage.store.title,
        Metadata=UNTIL_READY,
        Name=_name(ROUTER),
        AutoPublish=True,
        FunctionConfig=FunctionConfig(Comment=STACK_NAME, Runtime=_RUNTIME, KeyValueStoreAssociations=[association]),
        FunctionCode=sources.edge("function/router.js"),
    )
    # The finisher does more than set the pin, and stacks have it under this name: another logical ID would put a second
    # function beside theirs, and delete the one that behaviors use while CloudFront still spreads the change.
    finisher = Function(
        "PinFunction",
        Name=_name(FINISHER),
        AutoPublish=True,
        FunctionConfig=FunctionConfig(Comment=STACK_NAME, Runtime=_RUNTIME),
        FunctionCode=sources.edge("function/finisher.js"),
    )
    access = OriginAccessControl(
        "SiteAccess",
        OriginAccessControlConfig=OriginAccessControlConfig(
            Name=STACK_UUID,
            Description=STACK_NAME,
            OriginAccessControlOriginType="s3",
            SigningBehavior="always",
            SigningProtocol="sigv4",
        ),
    )
    distribution = _distribution(storage, settings, headers, _functions(router, finisher), access)
    return Edge(router, finisher, access, distribution, _site_bucket_policy(storage, distribution))


def _name(role: str) -> Join:
    return Join("-", [role, STACK_UUID])


def _functions(router: Function, finisher: Function) -> list[FunctionAssociation]:
    # `Ref` gives the ARN, as that is how CloudFormation identifies a function:
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-function.html
    events = {"viewer-request": Ref(router), "viewer-response": Ref(finisher)}
    return [FunctionAssociation(EventType=event, FunctionARN=arn) for event, arn in events.items()]


def _distribution(
    storage: Storage,
    settings: DistributionSettings,
    headers: HeaderSettings,
    functions: list[FunctionAssociation],
    access: OriginAccessControl,
) -> Distribution:
    own = _CORS_AND_SECURITY_HEADERS if headers.cors else _SECURITY_HEADERS
    policy = settings.response_headers_policy or own
    of_assets = functions if headers.assets else functions[:1]
    certificate = ViewerCertificate(
        AcmCertificateArn=Ref("CertificateArn"), SslSupportMethod="sni-only", MinimumProtocolVersion="TLSv1.2_2021"
    )
    origin = Origin(
        Id=_ORIGIN,
        DomainName=GetAtt(storage.site_bucket, "RegionalDomainName"),
        OriginAccessControlId=GetAtt(access, "Id"),
        S3OriginConfig=S3OriginConfig(OriginAccessIdentity=""),
    )
    return Distribution(
        "Distribution",
        DistributionConfig=DistributionConfig(
            Enabled=True,
            Comment=STACK_NAME,
            HttpVersion="http2and3",
            IPV6Enabled=True,
            Aliases=If(HAS_DOMAIN, Split(",", Ref("DomainNames")), NoValue),
            ViewerCertificate=If(HAS_DOMAIN, certificate, ViewerCertificate(CloudFrontDefaultCertificate=True)),
            Origins=[origin],
            DefaultCacheBehavior=DefaultCacheBehavior(**_behavior(policy, functions)),
            CacheBehaviors=[
                CacheBehavior(PathPattern=f"/{ERRORS}*", **_behavior(policy, [])),
                *(CacheBehavior(PathPattern=pattern, **_behavior(policy, of_assets)) for pattern in ASSET_PATTERNS),
            ],
            CustomErrorResponses=[
                CustomErrorResponse(
                    ErrorCode=404,
                    ResponseCode=404,
                    ResponsePagePath=f"/{ERROR_PAGE}",
                    ErrorCachingMinTTL=MISSING_SECONDS,
                ),
                # written out because CloudFormation's default is 300 seconds, not CloudFront's 10
                *(
                    CustomErrorResponse(ErrorCode=code, ErrorCachingMinTTL=FAILURE_SECONDS)
                    for code in (403, 500, 502, 503, 504)
                ),
            ],
            **_demanded(settings),
        ),
    )


def _demanded(settings: DistributionSettings) -> Demanded:
    """The properties that the distribution has only if they are asked for."""
    demanded = Demanded()
    if settings.web_acl:
        demanded["WebACLId"] = settings.web_acl
    if settings.price_class:
        demanded["PriceClass"] = settings.price_class
    if settings.log_bucket:
        # Not the newer AWS::Logs::Delivery...: those are made in us-east-1 alone, and a stack is in one Region.
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
        demanded["Logging"] = Logging(Bucket=f"{settings.log_bucket}.s3.amazonaws.com", Prefix=settings.log_prefix)
    return demanded


def _behavior(headers_policy: str, functions: list[FunctionAssociation]) -> Behavior:
    """What the behavior of every pattern has, the default one's too."""
    behavior = Behavior(
        TargetOriginId=_ORIGIN,
        ViewerProtocolPolicy="redirect-to-https",
        Compress=True,
        CachePolicyId=_CACHING_OPTIMIZED,
        ResponseHeadersPolicyId=headers_policy,
    )
    if functions:
        behavior["FunctionAssociations"] = functions
    return behavior


def _site_bucket_policy(storage: Storage, distribution: Distribution) -> BucketPolicy:
    bucket = storage.site_bucket

    cloudfront = Principal("Service", "cloudfront.amazonaws.com")
    this_distribution = Condition(
        StringEquals("AWS:SourceArn", arn("cloudfront", f"distribution/${{{distribution.title}}}", regional=False))
    )
    return BucketPolicy(
        "SiteBucketPolicy",
        Bucket=Ref(bucket),
        PolicyDocument=document(
            [
                Statement(
                    Sid="VisitorsRead",
                    Effect=Allow,
                    Principal=cloudfront,
                    # Who may not list gets 403 from S3 for what is not there, and CloudFront shows no 404 page. An
                    # action holds for what it knows, objects or the bucket: so both fit into one statement.
                    Action=[s3.GetObject, s3.ListBucket],
                    Resource=[*objects_in(bucket, DEPLOYMENTS, POOL, ERRORS), GetAtt(bucket, "Arn")],
                    Condition=this_distribution,
                ),
                Statement(
                    Sid="CreateNeverOverwrite",
                    Effect=Deny,
                    Principal=Principal("*"),
                    Action=[s3.PutObject],
                    Resource=objects_in(bucket, DEPLOYMENTS, POOL, MANIFESTS),
                    Condition=Condition(Null("s3:if-none-match", True)),
                ),
                tls_only(bucket),
            ]
        ),
    )
