"""The whole meeting in five browsers; its parts are tried one by one in `make test`."""

from tests.pages.conftest import chromium, school, visit
from tests.pages.test_meeting import five_people_hold_a_meeting

__all__ = ["chromium", "school", "visit"]


def test_five_people_hold_a_meeting(school, visit):
    """From attendance to who does what next, with a lost connection and words typed for another."""
    five_people_hold_a_meeting(school, visit)
