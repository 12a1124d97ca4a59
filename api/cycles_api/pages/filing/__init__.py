"""Writing and filing a record: its form, its draft, the files with it."""
