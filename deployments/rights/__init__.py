"""What a person needs to be allowed for our commands: IAM policies, made from the project's template."""
