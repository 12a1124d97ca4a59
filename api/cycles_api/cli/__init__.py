"""The command line `cycles`: one module a command, and what they share."""

from cycles_api.cli.entry import main

__all__ = ["main"]
