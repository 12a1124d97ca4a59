"""The school: its people, groups and days, its first start, and what keeps it running."""
