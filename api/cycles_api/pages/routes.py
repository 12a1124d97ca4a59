"""All pages in one router, closed to API tokens as the API is closed to cookies."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.di import Provide

from cycles_api.auth import PUBLIC
from cycles_api.pages.board.board import BOARD_ROUTES
from cycles_api.pages.board.opening import OPENING_ROUTES
from cycles_api.pages.booklet.page import BOOKLET_ROUTES
from cycles_api.pages.cycle.guests import GUEST_ROUTES
from cycles_api.pages.cycle.history import HISTORY_ROUTES
from cycles_api.pages.cycle.moving import MOVING_ROUTES
from cycles_api.pages.cycle.page import CYCLE_PAGES
from cycles_api.pages.cycle.staffing import STAFFING_ROUTES
from cycles_api.pages.cycle.supposing import SUPPOSING_ROUTES
from cycles_api.pages.desk.log import DESK_ROUTES
from cycles_api.pages.desk.looks import LOOKS_ROUTES
from cycles_api.pages.desk.sample import SAMPLE_PAGES
from cycles_api.pages.desk.verifications import CHECK_PAGES
from cycles_api.pages.feedback.answering import ANSWERING_ROUTES
from cycles_api.pages.feedback.suggestions import SUGGESTION_ROUTES
from cycles_api.pages.feedback.versions import VERSION_ROUTES
from cycles_api.pages.filing.doing import DOING_ROUTES
from cycles_api.pages.filing.drafting import DRAFTING_ROUTES
from cycles_api.pages.frame.compressing import Compressed
from cycles_api.pages.frame.failures import answer_with_page
from cycles_api.pages.frame.scripted import ToldWhere
from cycles_api.pages.frame.sending import sent_by
from cycles_api.pages.frame.static import STATIC_ROUTES
from cycles_api.pages.frame.visiting import FreshCookie, signed_in, visit_of
from cycles_api.pages.home.next_steps import NEXT_STEPS_ROUTES
from cycles_api.pages.meeting.page import MEETING_ROUTES
from cycles_api.pages.school.calendar import SCHOOL_CALENDAR
from cycles_api.pages.school.choices import SCHOOL_CHOICES
from cycles_api.pages.school.groups import SCHOOL_GROUPS
from cycles_api.pages.school.importing import SCHOOL_IMPORT
from cycles_api.pages.school.page import SCHOOL_PAGES
from cycles_api.pages.school.people import SCHOOL_PEOPLE
from cycles_api.pages.school.upkeep import UPKEEP_ROUTES
from cycles_api.pages.school.wizard import WIZARD_ROUTES
from cycles_api.pages.school.workflows import SCHOOL_WORKFLOWS
from cycles_api.pages.signing_in.account import ACCOUNT_ROUTES
from cycles_api.pages.signing_in.codes import PEOPLE_ROUTES
from cycles_api.pages.signing_in.sign_in import SIGN_IN_ROUTES
from cycles_api.pages.specimen.page import SPECIMEN_ROUTES
from cycles_api.pages.term.coverage import COVERAGE_ROUTES
from cycles_api.pages.term.plan import PLAN_ROUTES

__all__ = ["PAGES"]

#: Forms are as long as their file may be; `sent_by` knows how long that is.
_MOST: Final = 502 * 1024 * 1024

PAGES: Final = Router(
    "/",
    route_handlers=[
        *SIGN_IN_ROUTES,
        *NEXT_STEPS_ROUTES,
        *OPENING_ROUTES,
        *PEOPLE_ROUTES,
        *ACCOUNT_ROUTES,
        *BOARD_ROUTES,
        *ANSWERING_ROUTES,
        *SUGGESTION_ROUTES,
        *COVERAGE_ROUTES,
        *PLAN_ROUTES,
        *VERSION_ROUTES,
        *CYCLE_PAGES,
        *HISTORY_ROUTES,
        *BOOKLET_ROUTES,
        *STAFFING_ROUTES,
        *GUEST_ROUTES,
        *MOVING_ROUTES,
        *SUPPOSING_ROUTES,
        *DOING_ROUTES,
        *MEETING_ROUTES,
        *DRAFTING_ROUTES,
        *DESK_ROUTES,
        *SPECIMEN_ROUTES,
        *LOOKS_ROUTES,
        *SAMPLE_PAGES,
        *CHECK_PAGES,
        *CHECK_PAGES,
        *SCHOOL_PAGES,
        *SCHOOL_PEOPLE,
        *SCHOOL_GROUPS,
        *SCHOOL_CALENDAR,
        *SCHOOL_IMPORT,
        *SCHOOL_WORKFLOWS,
        *SCHOOL_CHOICES,
        *WIZARD_ROUTES,
        *UPKEEP_ROUTES,
        *STATIC_ROUTES,
    ],
    # Not asked for a bearer token: whoever asks for `signed` is asked for the session's cookie.
    opt=PUBLIC,
    middleware=[Compressed(), ToldWhere(), FreshCookie()],
    dependencies={
        "visit": Provide(visit_of, sync_to_thread=True),
        "signed": Provide(signed_in, sync_to_thread=False),
        "sent": Provide(sent_by),
    },
    exception_handlers={Exception: answer_with_page},
    include_in_schema=False,
    request_max_body_size=_MOST,
)
