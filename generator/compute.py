"""What CodeBuild offers: images, and the Regions where it runs on Lambda.

One place, as parameters, rules, conditions and `detection` must agree on it.
"""

# Managed images that have Node 22 and 24, and boto3 for the uploader.
# https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
IMAGES = (
    "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "aws/codebuild/amazonlinux-aarch64-standard:4.0",
    "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    "aws/codebuild/standard:8.0",
    "aws/codebuild/standard:7.0",
)
NODE_20_IMAGES = [IMAGES[1], IMAGES[3], IMAGES[5]]
ARM_IMAGES = [IMAGES[2], IMAGES[3]]

# At most ten, as Fn::Or takes no more. https://docs.aws.amazon.com/codebuild/latest/userguide/lambda.html#lambda.regions
LAMBDA_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "sa-east-1", "eu-central-1"),
    *("eu-west-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
)
