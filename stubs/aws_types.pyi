"""The types of AWS: the clients that the house asks, what gives one for the name of its service, and what they reply.

It exists so that every call, and what is read of a reply, are held to AWS's own description of them. types-boto3 has
that description, and this file alone names it. It is a stub: only the checker of types reads it. Whoever imports it
does so below `if TYPE_CHECKING`, so neither it nor the library travels with the package or with a program.
"""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, Required, TypedDict, overload

from aws_lambda_powertools.utilities.typing import LambdaContext as LambdaContext
from botocore.client import BaseClient as BaseClient
from botocore.response import StreamingBody as StreamingBody
from types_boto3_acm import ACMClient as ACMClient
from types_boto3_acm.type_defs import CertificateSummaryTypeDef, FiltersTypeDef
from types_boto3_cloudformation import CloudFormationClient as CloudFormationClient
from types_boto3_cloudformation.type_defs import (
    ChangeTypeDef,
    DeploymentConfigTypeDef,
    DescribeChangeSetOutputTypeDef,
    ParameterTypeDef,
    StackEventTypeDef,
    StackTypeDef,
    WaiterConfigTypeDef,
)
from types_boto3_cloudfront import CloudFrontClient as CloudFrontClient
from types_boto3_cloudfront.type_defs import (
    CacheBehaviorOutputTypeDef,
    DistributionConfigTypeDef,
    InvalidationBatchTypeDef,
    ResponseHeadersPolicyConfigTypeDef,
    TestResultTypeDef,
)
from types_boto3_cloudfront_keyvaluestore import CloudFrontKeyValueStoreClient as CloudFrontKeyValueStoreClient
from types_boto3_cloudfront_keyvaluestore.type_defs import PutKeyRequestListItemTypeDef
from types_boto3_cloudwatch import CloudWatchClient as CloudWatchClient
from types_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryUnionTypeDef, MetricDatumTypeDef
from types_boto3_codebuild import CodeBuildClient as CodeBuildClient
from types_boto3_codebuild.type_defs import BuildTypeDef
from types_boto3_codeconnections import CodeConnectionsClient as CodeConnectionsClient
from types_boto3_codeconnections.type_defs import (
    ConnectionTypeDef,
    CreateConnectionInputTypeDef,
    ListConnectionsInputTypeDef,
)
from types_boto3_codepipeline import CodePipelineClient as CodePipelineClient
from types_boto3_codepipeline.type_defs import (
    ActionExecutionDetailTypeDef,
    ListPipelineExecutionsInputTypeDef,
    PipelineExecutionSummaryTypeDef,
    SourceRevisionOverrideTypeDef,
    StartPipelineExecutionInputTypeDef,
)
from types_boto3_dynamodb import DynamoDBClient as DynamoDBClient
from types_boto3_dynamodb.type_defs import UniversalAttributeValueTypeDef
from types_boto3_events import EventBridgeClient as EventBridgeClient
from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef
from types_boto3_iam import IAMClient as IAMClient
from types_boto3_lambda import LambdaClient as LambdaClient
from types_boto3_lambda.type_defs import InvocationResponseTypeDef
from types_boto3_logs import CloudWatchLogsClient as CloudWatchLogsClient
from types_boto3_logs.type_defs import GetLogEventsRequestTypeDef, InputLogEventTypeDef
from types_boto3_s3 import S3Client as S3Client
from types_boto3_s3.type_defs import (
    CreateBucketConfigurationTypeDef,
    DeleteTypeDef,
    GetObjectOutputTypeDef,
    LifecycleRuleTypeDef,
    ListObjectsV2OutputTypeDef,
    ObjectIdentifierTypeDef,
    ObjectTypeDef,
    PublicAccessBlockConfigurationTypeDef,
    PutObjectRequestTypeDef,
    ServerSideEncryptionRuleTypeDef,
)
from types_boto3_secretsmanager import SecretsManagerClient as SecretsManagerClient
from types_boto3_sns import SNSClient as SNSClient
from types_boto3_sqs import SQSClient as SQSClient
from types_boto3_ssm import SSMClient as SSMClient
from types_boto3_sts import STSClient as STSClient

# What AWS is told and what it tells, by the words of the house
CertificateFilter = FiltersTypeDef
CertificateSummary = CertificateSummaryTypeDef
ChangeOfStack = ChangeTypeDef
DeploymentConfig = DeploymentConfigTypeDef
DescribedChangeSet = DescribeChangeSetOutputTypeDef
Parameter = ParameterTypeDef
StackEvent = StackEventTypeDef
DescribedStack = StackTypeDef
Wait = WaiterConfigTypeDef
DistributionConfig = DistributionConfigTypeDef
PolicyConfig = ResponseHeadersPolicyConfigTypeDef
InvalidationBatch = InvalidationBatchTypeDef
FunctionTest = TestResultTypeDef
Dimension = DimensionTypeDef
MetricQuery = MetricDataQueryUnionTypeDef
Build = BuildTypeDef
NewConnection = CreateConnectionInputTypeDef
ConnectionsRequest = ListConnectionsInputTypeDef
ToldConnection = ConnectionTypeDef
ActionRun = ActionExecutionDetailTypeDef
ExecutionsRequest = ListPipelineExecutionsInputTypeDef
Execution = PipelineExecutionSummaryTypeDef
SourceRevision = SourceRevisionOverrideTypeDef
StartRequest = StartPipelineExecutionInputTypeDef
LogRequest = GetLogEventsRequestTypeDef
Invocation = InvocationResponseTypeDef
Deletion = DeleteTypeDef
BucketPlace = CreateBucketConfigurationTypeDef
LifecycleRule = LifecycleRuleTypeDef
PublicAccessBlock = PublicAccessBlockConfigurationTypeDef
EncryptionRule = ServerSideEncryptionRuleTypeDef
Object = GetObjectOutputTypeDef
ListedPage = ListObjectsV2OutputTypeDef
ObjectName = ObjectIdentifierTypeDef
Listed = ObjectTypeDef
PutRequest = PutObjectRequestTypeDef
NewEvent = PutEventsRequestEntryTypeDef
LogLine = InputLogEventTypeDef
Metric = MetricDatumTypeDef
CacheBehavior = CacheBehaviorOutputTypeDef
StoreEntry = PutKeyRequestListItemTypeDef

class SentTemplate(TypedDict, total=False):
    """A template as CloudFormation takes it: in the request, or by its address."""

    TemplateBody: str
    TemplateURL: str

class OwnBucket(TypedDict):
    """A bucket, and whose it must be."""

    Bucket: str
    ExpectedBucketOwner: str

class ObjectPlace(TypedDict):
    """Where an object is."""

    Bucket: str
    Key: str

class StoredWith(TypedDict, total=False):
    """What an object of a site may be stored with."""

    CacheControl: str
    ContentDisposition: str
    ContentLanguage: str
    ContentType: str
    Metadata: Mapping[str, str]

class Dressing(StoredWith, total=False):
    """The same as the compiler tells it, with what only the finisher reads in one text."""

    headers: str

class NewObject(StoredWith):
    """An object that is created."""

    Bucket: Required[str]
    Key: Required[str]

class ListingOptions(TypedDict, total=False):
    """What of a bucket is listed, beside a prefix."""

    Delimiter: str
    StartAfter: str

class ChangeSetOptions(TypedDict, total=False):
    """What only some change sets have."""

    DeploymentConfig: DeploymentConfigTypeDef
    RoleARN: str

class Condition(TypedDict, total=False):
    """When an item of a table is written."""

    ConditionExpression: str
    ExpressionAttributeValues: dict[str, UniversalAttributeValueTypeDef]

class Invoked(TypedDict):
    """A function, and perhaps an alias of it."""

    FunctionName: str
    Qualifier: NotRequired[str]

class LogPlace(TypedDict):
    """Where a log is."""

    logGroupName: str
    logStreamName: str

class Clients(Protocol):
    """Gives the client of a service; which options there are, the giver says."""

    @overload
    def __call__(self, service: Literal["acm"], /, *args: Any, **options: Any) -> ACMClient: ...
    @overload
    def __call__(self, service: Literal["cloudformation"], /, *args: Any, **options: Any) -> CloudFormationClient: ...
    @overload
    def __call__(self, service: Literal["cloudfront"], /, *args: Any, **options: Any) -> CloudFrontClient: ...
    @overload
    def __call__(
        self, service: Literal["cloudfront-keyvaluestore"], /, *args: Any, **options: Any
    ) -> CloudFrontKeyValueStoreClient: ...
    @overload
    def __call__(self, service: Literal["cloudwatch"], /, *args: Any, **options: Any) -> CloudWatchClient: ...
    @overload
    def __call__(self, service: Literal["codebuild"], /, *args: Any, **options: Any) -> CodeBuildClient: ...
    @overload
    def __call__(self, service: Literal["codeconnections"], /, *args: Any, **options: Any) -> CodeConnectionsClient: ...
    @overload
    def __call__(self, service: Literal["codepipeline"], /, *args: Any, **options: Any) -> CodePipelineClient: ...
    @overload
    def __call__(self, service: Literal["dynamodb"], /, *args: Any, **options: Any) -> DynamoDBClient: ...
    @overload
    def __call__(self, service: Literal["events"], /, *args: Any, **options: Any) -> EventBridgeClient: ...
    @overload
    def __call__(self, service: Literal["iam"], /, *args: Any, **options: Any) -> IAMClient: ...
    @overload
    def __call__(self, service: Literal["lambda"], /, *args: Any, **options: Any) -> LambdaClient: ...
    @overload
    def __call__(self, service: Literal["logs"], /, *args: Any, **options: Any) -> CloudWatchLogsClient: ...
    @overload
    def __call__(self, service: Literal["s3"], /, *args: Any, **options: Any) -> S3Client: ...
    @overload
    def __call__(self, service: Literal["secretsmanager"], /, *args: Any, **options: Any) -> SecretsManagerClient: ...
    @overload
    def __call__(self, service: Literal["sns"], /, *args: Any, **options: Any) -> SNSClient: ...
    @overload
    def __call__(self, service: Literal["sqs"], /, *args: Any, **options: Any) -> SQSClient: ...
    @overload
    def __call__(self, service: Literal["ssm"], /, *args: Any, **options: Any) -> SSMClient: ...
    @overload
    def __call__(self, service: Literal["sts"], /, *args: Any, **options: Any) -> STSClient: ...
