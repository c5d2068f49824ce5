"""The function that deletes what nobody needs any more, and the only one that may.

`pruning` does it, in steps whose order does no harm; `looking` sees what is there; `keeping` decides what stays;
`lock` keeps two prunes apart, and `deadline` ends one in time; `deleting` deletes; `daily` is the function's handler.
"""
