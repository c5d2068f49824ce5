"""What a site and a deployment of it are made of: what packer, uploader and commands agree on.

`files` says what may be published and reads it, `hashed_names` which files deployments share, `media_types` what a file
is stored as, `identity` how a deployment is called; `plan` is what a deployment will be.
"""
