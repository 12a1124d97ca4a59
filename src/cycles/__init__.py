"""The engine of lesson study and its sister workflows: definitions, cycles, the log, storage.

Knows no web. The ways in (command line, API, pages) live in the package `cycles_api` beside it.
Importing this package reads nothing, starts nothing and builds nothing.
"""
