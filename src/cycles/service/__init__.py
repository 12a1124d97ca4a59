"""What people ask for; the one door between the ways in and everything below."""

from cycles.service.acting import Acting, Receipt
from cycles.service.actors import OPERATIONS, Actor, may, operator_of, require
from cycles.service.attachments import KINDS, Attachment, Attachments
from cycles.service.core import Core
from cycles.service.looking import Looking
from cycles.service.names import Told, told_of
from cycles.service.once import Given
from cycles.service.outbox import Outbox
from cycles.service.workflows import (
    Change,
    Defined,
    VersionLine,
    WorkflowAnswer,
    Workflows,
    shipped,
)

__all__ = [
    "KINDS",
    "OPERATIONS",
    "Acting",
    "Actor",
    "Attachment",
    "Attachments",
    "Change",
    "Core",
    "Defined",
    "Given",
    "Looking",
    "Outbox",
    "Receipt",
    "Told",
    "VersionLine",
    "WorkflowAnswer",
    "Workflows",
    "may",
    "operator_of",
    "require",
    "shipped",
    "told_of",
]
