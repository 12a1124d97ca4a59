"""All pages in one router, closed to API tokens as the API is closed to cookies."""

from __future__ import annotations

from typing import Final

from litestar import Router
from litestar.di import Provide

from cycles_api.auth import PUBLIC
from cycles_api.pages.account import ACCOUNT_ROUTES
from cycles_api.pages.answering import ANSWERING_ROUTES
from cycles_api.pages.board import BOARD_ROUTES
from cycles_api.pages.booklet import BOOKLET_ROUTES
from cycles_api.pages.compressing import Compressed
from cycles_api.pages.coverage import COVERAGE_ROUTES
from cycles_api.pages.cycle import CYCLE_PAGES
from cycles_api.pages.desk import DESK_ROUTES
from cycles_api.pages.desk_looks import LOOKS_ROUTES
from cycles_api.pages.desk_sample import SAMPLE_PAGES
from cycles_api.pages.doing import DOING_ROUTES
from cycles_api.pages.drafting import DRAFTING_ROUTES
from cycles_api.pages.failures import answer_with_page
from cycles_api.pages.guests import GUEST_ROUTES
from cycles_api.pages.history import HISTORY_ROUTES
from cycles_api.pages.meeting import MEETING_ROUTES
from cycles_api.pages.moving import MOVING_ROUTES
from cycles_api.pages.next_steps import NEXT_STEPS_ROUTES
from cycles_api.pages.opening import OPENING_ROUTES
from cycles_api.pages.people import PEOPLE_ROUTES
from cycles_api.pages.plan import PLAN_ROUTES
from cycles_api.pages.school import SCHOOL_PAGES
from cycles_api.pages.school_calendar import SCHOOL_CALENDAR
from cycles_api.pages.school_groups import SCHOOL_GROUPS
from cycles_api.pages.school_import import SCHOOL_IMPORT
from cycles_api.pages.school_people import SCHOOL_PEOPLE
from cycles_api.pages.school_workflows import SCHOOL_WORKFLOWS
from cycles_api.pages.scripted import ToldWhere
from cycles_api.pages.sending import sent_by
from cycles_api.pages.sign_in import SIGN_IN_ROUTES
from cycles_api.pages.specimen import SPECIMEN_ROUTES
from cycles_api.pages.staffing import STAFFING_ROUTES
from cycles_api.pages.static import STATIC_ROUTES
from cycles_api.pages.suggestions import SUGGESTION_ROUTES
from cycles_api.pages.supposing import SUPPOSING_ROUTES
from cycles_api.pages.upkeep import UPKEEP_ROUTES
from cycles_api.pages.versions import VERSION_ROUTES
from cycles_api.pages.visiting import FreshCookie, signed_in, visit_of
from cycles_api.pages.wizard import WIZARD_ROUTES

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
        *SCHOOL_PAGES,
        *SCHOOL_PEOPLE,
        *SCHOOL_GROUPS,
        *SCHOOL_CALENDAR,
        *SCHOOL_IMPORT,
        *SCHOOL_WORKFLOWS,
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
