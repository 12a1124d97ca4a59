"""What people do on pages, for stories: with a finger or with the keyboard alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

__all__ = ["Fingers", "Keys", "today"]

#: No page has more places to stop at.
_STOPS = 250
_FOCUSED = "one => one === document.activeElement"


def today() -> str:
    """Today on the demo school's clock, as a date field has it."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()


class Fingers:
    """Somebody at a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    # --- what hands do -----------------------------------------------------------------------

    def press(self, what: Locator) -> None:
        """A button or a link."""
        what.click()

    def write(self, where: Locator, text: str) -> None:
        """Into a field, in place of what is there."""
        where.fill(text)

    def tick(self, what: Locator) -> None:
        """A box or one of several."""
        what.check()

    # --- what people do ----------------------------------------------------------------------

    def open_cycle(self, lesson: str, teacher: str) -> str:
        """Open a lesson study in the group of mathematics; the path of its page."""
        page = self.page
        page.goto("/open")
        self.press(page.get_by_role("link", name="课例研讨 · 数学教研组"))
        for label, text in (("课题", lesson), ("年级", "六年级"), ("学科", "数学")):
            self.write(page.get_by_label(label), text)
        page.get_by_label("执教教师").select_option(label=teacher)
        self.press(page.get_by_role("button", name="开始这次研讨"))
        expect(page.get_by_role("heading", name=f"《{lesson}》")).to_be_visible()
        return str(page.evaluate("location.pathname"))

    def file(self, cycle: str, kind: str, said: Mapping[str, str], *, for_: str = "") -> None:
        """File a record by its own form: label → text, `✓` to tick; `for_`: for another."""
        self.page.goto(f"{cycle}/records/{kind}")
        if for_:
            self.press(self.page.get_by_role("link", name=for_, exact=True))
        form = self.page.locator("main form[data-draft]").first
        send = form.locator("button.button").last
        for label, text in said.items():
            field, button = form.get_by_label(label).first, form.get_by_role("button", name=label)
            if text == "✓" and button.count():
                send = button
            elif text == "✓":
                self.tick(field)
            else:
                self.write(field, text)
        self.seen(form)
        self.press(send)
        expect(self.page.get_by_role("status")).to_have_text("交好了。")

    def seen(self, form: Locator) -> None:
        """Of every point of an earlier round: it was seen to work."""
        for one in form.get_by_label("看到了，见效").all():
            self.tick(one)

    def go_on(self, cycle: str, name: str, now: str) -> None:
        """Press what leads on; the cycle stands in `now`."""
        self.page.goto(cycle)
        on = self.page.locator("article.step-on").filter(
            has=self.page.get_by_role("heading", name=name)
        )
        self.press(on.get_by_role("button", name=name).last)
        expect(self.page.get_by_role("heading", name=f"现在：{now}")).to_be_visible()

    def adopt_all(self, cycle: str, *, for_: str = "") -> None:
        """Answer what colleagues said; all of it is adopted. `for_`: for another."""
        self.page.goto(f"{cycle}/answers")
        if for_:
            self.press(self.page.get_by_role("link", name=for_, exact=True))
        form = self.page.locator("form[action$='/answers']").first
        for row in form.locator("fieldset.point").all():
            self.tick(row.get_by_label("采纳", exact=True))
        self.press(form.get_by_role("button", name="交答复"))
        expect(self.page.get_by_role("status")).to_have_text("答复好了。")


class Keys(Fingers):
    """Somebody who has a keyboard and nothing to point with."""

    def press(self, what: Locator) -> None:
        """Go there and press Enter."""
        self._reach(what)
        self.page.keyboard.press("Enter")

    def write(self, where: Locator, text: str) -> None:
        """Go there and type."""
        self._reach(where)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def tick(self, what: Locator) -> None:
        """A box with the space bar; one of several with the arrows."""
        group = what.get_attribute("name")
        if what.get_attribute("type") != "radio":
            self._reach(what)
            self.page.keyboard.press("Space")
            return
        same = (
            "(one, name) => one === document.activeElement || document.activeElement.name === name"
        )
        self._stop_at(what, same, group)
        for _ in range(_STOPS):
            if what.is_checked():
                return
            key = "ArrowDown" if not what.evaluate(_FOCUSED) else "Space"
            self.page.keyboard.press(key)
        raise AssertionError(f"the arrows do not come to {what}")

    def _reach(self, what: Locator) -> None:
        self._stop_at(what, _FOCUSED)

    def _stop_at(self, what: Locator, there: str, given: object = None) -> None:
        """Tab until it is there; what is folded on the way has to be unfolded before."""
        expect(what).to_be_visible()
        for _ in range(_STOPS):
            if what.evaluate(there, given):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not come to {what}")
