"""One cycle as pages tell it to one person: what the pages of all areas share."""
