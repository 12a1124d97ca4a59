"""The booklet: a cycle as a school prints, signs and files it."""
