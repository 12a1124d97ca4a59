"""The group board, and opening a cycle."""
