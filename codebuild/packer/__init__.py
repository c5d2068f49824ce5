"""The end of a build: looks at its output folder, says what seems wrong, and packs it for the upload.

`folder` finds the files, `oddities` says what a site lacks, `archive` packs, `command` is the program.
"""
