"""Everybody's first page: my next steps."""
