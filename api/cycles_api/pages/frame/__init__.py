"""What every page stands in: from a browser's request to its answer, in one of two languages."""
