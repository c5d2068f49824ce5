"""The uploader: the pipeline's action Upload, and what `deployments publish` does on a laptop or in another CI.

`deployment` writes one, in steps whose order does no harm: `lease` keeps a prune away, `pool` and `sending` bring the
files, `objects` creates without ever overwriting, `manifest` says "complete" last; `client` is a quick client of S3.
`action` is the pipeline's: `execution` asks CodePipeline what was built, `fetching` gets that archive, `archive` reads
it, `compiling` asks what the site's rules make of its files, `pointers` tells which deployment came of it.
"""
