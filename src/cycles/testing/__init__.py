"""For anyone who tests against Cycles: varied workflows, a cycle played at random, the laws.

>>> from cycles.testing import check_laws
>>> from cycles.workflow.loading import load
>>> check_laws(load(MY_WORKFLOW, "my.yaml"))  # doctest: +SKIP
"""

from cycles.testing.generating import workflow_texts, workflows
from cycles.testing.laws import LAWS, check_laws, check_play
from cycles.testing.playing import Play, Step
from cycles.testing.school import small_school

__all__ = [
    "LAWS",
    "Play",
    "Step",
    "check_laws",
    "check_play",
    "small_school",
    "workflow_texts",
    "workflows",
]
