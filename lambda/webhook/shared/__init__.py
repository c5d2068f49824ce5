"""What the door and the reporter share: the document that configures both, its names, and access to AWS."""
