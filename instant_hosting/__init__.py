"""What lies below generator, commands and local run: where the sources are that ship, and how a command ends."""
