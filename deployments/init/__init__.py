"""`deployments init`: from a repository to the files of a project, asking only for what no file says.

It finds out (`repository`, `building`), asks (`asking`) and looks at the account (`connections`, `certificates`).
`deciding` puts that together, in the order in which a person thinks of it. All files are written at the end, at once.
"""
