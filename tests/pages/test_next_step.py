"""A teacher on the phone: the next step, done there and then."""

from playwright.sync_api import expect


def test_a_teacher_files_the_next_step_on_the_phone(school, visit):
    """From the list of steps to the filed record in two taps and one sentence."""
    page = visit(school, "song")
    card = page.locator("article.card").first
    expect(card.get_by_role("heading")).to_contain_text("活动记录")

    card.get_by_label("商定的事").fill("下次让学生自己举例")
    card.get_by_role("button", name="交“活动记录”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")
    expect(page.locator("article.card").first.get_by_role("heading")).to_contain_text("备课意见")


def test_without_scripts_a_step_is_filed_as_well(school, visit):
    """Scripts only add: with none, the same form is filed and the next step appears."""
    page = visit(school, "ma", java_script_enabled=False)
    card = page.locator("article.card").filter(has=page.get_by_label("商定的事"))
    card.get_by_text("现在就做").click()

    card.get_by_label("商定的事").fill("先动手，再说理")
    card.get_by_role("button", name="交“活动记录”").click()

    expect(page.get_by_role("status")).to_have_text("交好了。")


def test_a_fault_keeps_what_was_written(school, visit):
    """What cannot be filed is shown again with everything that was typed, and says why."""
    page = visit(school, "ma")
    card = page.locator("article.card").first
    card.get_by_label("一点优点").fill("素材贴近学生")

    card.get_by_role("button", name="交“三个一”").click()

    expect(page.get_by_role("alert")).to_contain_text("一点不足")
    expect(page.get_by_label("一点优点")).to_have_value("素材贴近学生")


def test_what_one_of_several_may_do_comes_after_ones_own(shown, reads):
    """A member files her own words first; of the minutes she reads who else may write them."""
    page = reads(shown, "ma").get("/").text

    own, shared = page.index("交“三个一”。"), page.index("交“活动记录”。")
    assert own < shared
    assert "何静怡、宋明远做也可以" in page or "宋明远、何静怡做也可以" in page
