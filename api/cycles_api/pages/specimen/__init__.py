"""The page of all parts, for whoever changes the style."""
