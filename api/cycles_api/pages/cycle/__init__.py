"""One cycle: its page, its history, its people, what would happen, other days."""
