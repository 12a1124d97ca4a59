"""A term: its report lessons, and the year's plan against what happened."""
