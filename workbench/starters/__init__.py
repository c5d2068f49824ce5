"""Real projects, from a public starter to a page: what `init --yes` makes of them is built and published here."""
