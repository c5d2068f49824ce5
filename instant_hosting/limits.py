"""AWS's limits that several parts of the house heed: apart from the contract, as nothing that ships needs them."""

# bytes of a template that a call carries inline, and not through S3:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
TEMPLATE_LIMIT = 51_200
