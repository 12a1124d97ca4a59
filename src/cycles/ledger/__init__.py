"""The log: canonical entries, chained, that anyone can verify."""
