"""Feedback points: answered, and followed from being raised to being seen again."""
