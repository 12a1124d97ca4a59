"""Proofs that a workflow is sound; each check is one function from a version to its findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cycles.workflow.checks import graph, names, people, records, waiting
from cycles.workflow.checks.finding import Finding
from cycles.workflow.version import Version

__all__ = ["CHECKS", "Check", "Finding"]

Check = Callable[[Version], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *names.CHECKS,
    *graph.CHECKS,
    *people.CHECKS,
    *records.CHECKS,
    *waiting.CHECKS,
)
