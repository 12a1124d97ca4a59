"""The ways into Cycles: the command line, the JSON API and the pages.

Everything is joined in one place, `cycles_api.app.create_app`; importing a module builds nothing.
"""
