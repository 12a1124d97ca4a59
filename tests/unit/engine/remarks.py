"""A workflow around feedback, and a stage to play it on.

A lesson is taught (`work`), talked about (`talk`), revised (`revise`), and taught or talked about
again, up to three rounds; at last somebody says whether what was adopted was seen to work.
"""

from __future__ import annotations

from typing import Any

from cycles.engine.commands import Advance, File, Merge, Reveal
from cycles.engine.cycle import Point
from tests.unit.engine.stage import DEPUTY, HE, MA, SONG, Stage, small

REMARKS = """
rounds: {min: 1, max: 3}
records:
  remarks:
    title: 意见
    by: [member, chair]
    about: author
    merge: chair
    file_in: [talk]
    reveal: {own: true, by: chair, from: revise}
    form:
      weak: {type: points, min: 1, title: 不足}
      hope: {type: points, title: 希望}
      seen: {type: verify, title: 看到了吗}
  plan:
    title: 教案
    by: author
    one_per: []
    file_in: [work, revise]
    late: refuse
    form: {text: {type: text, title: 教案}}
states:
  work: 上课
  talk: 评课
  revise: 修改
  closing: 总结
  done: {title: 完成, final: true}
transitions:
  taught: {title: 上完了, from: work, to: talk, by: chair}
  talked:
    title: 评完了
    from: talk
    to: revise
    by: chair
    guards:
      - filed: {record: remarks, by: [member, chair]}
        waivable_by: school.deputy
  back:
    title: 退回
    from: [talk, revise]
    to: work
    by: chair
    side: true
    reason: true
    voids: [remarks]
  again:
    title: 再上
    from: revise
    to: work
    round: next
    by: chair
    guards: [answered: {points: remarks}]
  desk:
    title: 再议
    from: revise
    to: talk
    round: next
    by: chair
    guards: [answered: {points: remarks}]
  close:
    title: 结束
    from: revise
    to: closing
    by: chair
    guards: [answered: {points: remarks}]
  finish:
    title: 完成
    from: closing
    to: done
    by: school.deputy
    guards:
      - verified: {points: remarks, seen_in: work, by: [member, chair], need: asked}
        waivable_by: school.deputy
"""


class Remarks(Stage):
    """A cycle of this workflow; Song chairs, Ma and He are members, Liu is the author."""

    def __init__(self, changed: tuple[str, str] = ("", "")) -> None:
        super().__init__(small(REMARKS.replace(*changed) if changed[0] else REMARKS))
        self.open()

    def talk(self) -> Remarks:
        """The lesson is taught."""
        self.send(SONG, Advance(transition="taught"))
        return self

    def say(self, by: str, *weak: Any, **more: Any) -> list[Point]:
        """File remarks with these weaknesses; the points of this filing, in order."""
        self.send(by, File(record="remarks", fields={"weak": list(weak), **more}))
        filing = self.now.filings[-1].id
        return [p for p in self.now.points.values() if p.filing == filing]

    def revise(self) -> Remarks:
        """Ma says one thing, He another, and the evaluation is closed."""
        self.talk()
        self.say(MA, "提问太多")
        self.say(HE, "板书太快")
        self.send(SONG, Advance(transition="talked"))
        return self

    def show(self) -> Remarks:
        """Song shows everybody what was said in this round."""
        self.send(SONG, Reveal(record="remarks"))
        return self

    def merge(self, into: str, *points: str) -> Point:
        """Song makes like points one."""
        self.send(SONG, Merge(points=points, into=into))
        return self.now.points[into]

    def close(self) -> Remarks:
        """From `revise` to the end, up to the deputy's decision."""
        self.send(SONG, Advance(transition="close"))
        return self

    def finish(self) -> Remarks:
        """The deputy ends it."""
        self.send(DEPUTY, Advance(transition="finish"))
        return self
