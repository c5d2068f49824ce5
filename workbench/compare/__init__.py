"""Says what two revisions of the templates mean differently, as a text that differs need not mean anything else."""
