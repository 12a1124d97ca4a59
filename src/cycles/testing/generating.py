"""Hypothesis strategies for anyone who tests against Cycles: varied workflows, all of them sound.

Each state is left through a *gate*: what people do there, and the guards that ask for it. Around
the gates stand rounds, side ways, returns, branches, rests, dues and rules of sight. No workflow
that is drawn here can get stuck: what nobody could clear can be waived.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

from cycles.workflow.loading import load
from cycles.workflow.version import Version

__all__ = ["workflow_texts", "workflows"]

Plain = dict[str, Any]

_OPTIONS = {"a": "甲", "b": {"zh": "乙", "en": "Second"}}
_WAIVERS = ("school.deputy", ["school.deputy", "school.head"])
_ACTORS: tuple[Any, ...] = (
    "chair",
    ["chair", "school.deputy"],
    ["author", "chair"],
    ["group.head", "school.deputy", "school.head"],
)


class _Plainly(yaml.SafeDumper):
    """Writes out every list again: the language takes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def workflows() -> st.SearchStrategy[Version]:
    """Sound workflows of 3 to 8 states; see the module for what varies."""
    return workflow_texts().map(lambda text: load(text, "generated.yaml"))


@st.composite
def workflow_texts(draw: st.DrawFn) -> str:
    """The YAML of such a workflow; every one loads without a fault."""
    sketch = _Sketch(draw)
    return yaml.dump(sketch.plain(), Dumper=_Plainly, allow_unicode=True, sort_keys=False)


class _Sketch:
    """A workflow in the making, as the plain values of its file."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.size = draw(st.integers(1, 5))
        self.names = [f"s{i}" for i in range(self.size)]
        self.states: Plain = {s: {"zh": f"第{i}步", "en": s} for i, s in enumerate(self.names)}
        self.states["done"] = {"title": "已结束", "final": True}
        self.rounds = self.chance()
        self.subject: Plain = {}
        self.records: Plain = {}
        self.ways: Plain = {}
        self.used: set[str] = set()
        #: Points records that a later gate asks an answer to.
        self.unanswered: list[str] = []
        self.roles: Plain = {
            "author": {"title": "执教", "count": 1, "among": "group.members"},
            "chair": {"title": "主持人", "count": 1, "default": "group.head"},
            "member": {"title": "组员", "count": "0..", "default": "group.members"},
        }
        if self.chance():
            self.roles["chair"]["files_for"] = ["author", "member"]
        if self.chance():
            self.roles["guest"] = {"title": "专家", "count": "0..3", "outside": True}

    def chance(self) -> bool:
        """Heads or tails."""
        return self.draw(st.booleans())

    def pick(self, *options: Any) -> Any:
        """One of the options."""
        return self.draw(st.sampled_from(options))

    def plain(self) -> Plain:
        """The whole file."""
        if self.chance():
            self.subject["topic"] = {"type": "text", "required": True, "title": "课题"}
        for index in range(self.size):
            self.step(index)
        if self.rounds:
            self.again()
        plain: Plain = {
            "workflow": "generated",
            "title": {"zh": "生成的流程", "en": "Generated"},
            "start": "s0",
            "open": {"by": ["group.head", "group.members"]},
            "roles": self.roles,
            "records": self.records,
            "states": self.states,
            "transitions": self.ways,
        }
        if self.rounds:
            most = self.draw(st.integers(2, 3))
            plain["rounds"] = {"min": 2 if "least" in self.used else 1, "max": most}
        if self.subject:
            plain["subject"] = self.subject
        if self.chance():
            everyone = [*self.roles, "group.members", "group.head"]
            rules = [{"who": [*everyone, "school.head", "school.deputy"]}]
            plain["see"] = [*rules, {"who": ["school.staff"], "from": self.pick(*self.states)}]
        if self.chance():
            plain["lifecycle"] = {
                "suspend": self.pick("chair", ["group.head", "school.deputy"]),
                "cancel": "school.head",
            }
        if "guest" in self.roles and not self.files("guest"):
            del self.roles["guest"]
            for rule in plain.get("see", ()):
                rule["who"] = [who for who in rule["who"] if who != "guest"]
        if "see" not in plain and not (self.files("member") and self.files("author")):
            # A role that nothing names is a fault; here the rule of sight names it.
            plain["see"] = [{"who": [*self.roles, "group.members", "school.deputy"]}]
        return plain

    def files(self, role: str) -> bool:
        """Whether the role files some record."""
        return any(role in record["by"] for record in self.records.values())

    def step(self, index: int) -> None:
        """The gate of one state, the way through it, and what else leaves the state."""
        state, last = self.names[index], index == self.size - 1
        guards: list[Plain] = []
        gates = self.draw(st.lists(st.sampled_from(_GATES), min_size=1, max_size=2))
        for number, gate in enumerate(gates):
            guards += gate(self, f"r{index}{'abc'[number]}", state)
        if self.unanswered and (last or self.chance()):
            guards += self.answers(index)
        way: Plain = {
            "title": f"走完第{index}步",
            "from": state,
            "to": "done" if last else self.names[index + 1],
            "by": self.pick(*_ACTORS),
        }
        if last and self.rounds and self.chance():
            self.used.add("least")
            guards.append({"rounds": {"at_least": "min"}})
        if self.chance():
            guards.append({"separate": {"role": "author"}})
        for number, guard in enumerate(guards):
            guard.setdefault("id", f"g{number}")
        way["guards"] = guards
        if self.chance():
            unit = self.pick("school_days", "days", "weeks", "hours")
            way["due"] = {unit: self.draw(st.integers(1, 10)), "after": state}
        self.ways[f"step{index}"] = way
        forked = self.fork(index, way)
        if not forked and not (last and self.rounds) and self.chance():
            way["auto"] = True
        if self.chance():
            self.ways[f"back{index}"] = {
                "title": "退回",
                "from": state,
                "to": self.names[self.draw(st.integers(0, index))],
                "by": self.pick("chair", ["author", "chair"]),
                "side": True,
                "reason": self.chance(),
                "voids": self.draw(st.lists(st.sampled_from(sorted(self.records)), unique=True)),
            }

    def fork(self, index: int, way: Plain) -> bool:
        """Another way on from the state; whether people then have a choice."""
        state = self.names[index]
        match self.pick("none", "none", "branch", "stop", "return", "rest"):
            case "branch":
                self.subject["kind"] = {
                    "type": "choice", "required": True, "title": "类别", "options": _OPTIONS,
                }  # fmt: skip
                path = "subject.kind"
                way["guards"].append({"field": {"field": path, "is": "a"}, "id": "kind"})
                guard = {"field": {"field": path, "is_not": "a"}}
                other = self.pick("done", *self.names[index + 1 :])
                self.ways[f"other{index}"] = {
                    "title": "另一条路", "from": state, "to": other, "by": "chair",
                    "auto": False, "guards": [guard],
                }  # fmt: skip
                return False
            case "stop":
                stop: Plain = {
                    "title": "提前结束", "from": state, "to": "stopped",
                    "by": ["school.deputy", "school.head"], "reason": True,
                }  # fmt: skip
                if self.rounds and self.chance():
                    stop["guards"] = [{"not": {"rounds": {"at_least": 2}}, "id": "early"}]
                self.states["stopped"] = {"title": "不再继续", "final": True}
                self.ways[f"stop{index}"] = stop
                return True
            case "return" if index:
                self.ways[f"return{index}"] = {
                    "title": "重做", "from": state, "by": "chair", "reason": True,
                    "to": self.names[self.draw(st.integers(0, index - 1))],
                    "voids": self.draw(
                        st.lists(st.sampled_from(sorted(self.records)), unique=True)
                    ),
                }  # fmt: skip
                return True
            case "rest":
                self.states[f"rest{index}"] = {"title": "搁置", "rests": True}
                into = {"title": "搁下", "from": state, "to": f"rest{index}", "by": "chair"}
                back = {"title": "捡起", "from": f"rest{index}", "to": state, "by": "chair"}
                self.ways[f"lay{index}"] = {**into, "side": True}
                self.ways[f"take{index}"] = {**back, "reason": True}
        return False

    def again(self) -> None:
        """One or two ways into the next round."""
        state = self.names[-1]
        for name in ["again", "once_more"][: self.draw(st.integers(1, 2))]:
            way: Plain = {
                "title": "再来一轮",
                "from": state,
                "to": self.pick(*self.names),
                "round": "next",
                "by": self.pick("chair", ["chair", "author"]),
            }
            if self.chance():
                way["guards"] = list(self.ways[f"step{self.size - 1}"]["guards"][:1])
            self.ways[name] = way

    def record(self, name: str, state: str, by: Any, one_per: list[str], **more: Any) -> Plain:
        """A record that is filed in the state, with a form of several types."""
        form: Plain = {"text": {"type": "text", "title": "内容", "required": True}}
        extras = {
            "length": {"type": "number", "title": "时长（分钟）", "min": 1, "max": 90},
            "kind": {"type": "choice", "title": "类别", "options": _OPTIONS, "fact": True},
            "notes": {"type": "timed_notes", "title": "实录"},
            "paper": {"type": "yes_no", "title": "在纸本里", "fact": self.chance()},
            "day": {"type": "date", "title": "哪天", "future": True},
            "at": {"type": "time", "title": "几点"},
            "seat": {"type": "seat", "title": "座位"},
            "copy": {"type": "file", "title": "附件"},
        }
        for key in self.draw(st.lists(st.sampled_from(sorted(extras)), max_size=3, unique=True)):
            form[key] = extras[key]
        if len(form) > 1 and self.chance():
            form["text"] = {"type": "text", "title": "内容"}
            more = {**more, "needs_any": list(form)}
        places = {state} | ({self.pick(*self.names)} if self.chance() else set())
        made: Plain = {"title": f"记录{name}", "by": by, "one_per": one_per, "form": form, **more}
        made["late"] = self.pick("accept", "refuse")
        if self.chance():
            made["file_in"] = [s for s in self.names if s in places]
        if self.chance():
            everyone = ["author", "chair", "member"]
            made["read"] = [
                {"who": everyone},
                {"who": ["school.deputy", "school.head"], "from": self.pick(*self.states)},
            ]
        self.records[name] = made
        return made

    def answers(self, index: int) -> list[Plain]:
        """Guards that the points raised so far are answered, and perhaps looked for again."""
        guards: list[Plain] = []
        for record in self.unanswered:
            guards.append({"answered": {"points": record}})
            if self.rounds and self.chance():
                rule = {
                    "points": record,
                    "seen_in": self.names[self.draw(st.integers(0, index))],
                    "by": ["member", "chair"],
                    "need": self.pick("asked", "worked"),
                }
                guards.append({"verified": rule, "waivable_by": self.pick(*_WAIVERS)})
        self.unanswered = []
        return guards

    def maybe_waivable(self, guard: Plain) -> Plain:
        """The guard, with or without those who may waive it."""
        return {**guard, "waivable_by": self.pick(*_WAIVERS)} if self.chance() else guard


def _single(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """One filing of whoever is named."""
    by = sketch.pick("author", "chair", ["author", "chair"], ["opener", "chair"])
    one_per = sketch.pick([], ["round"], ["person"], ["person", "round"], ["filing"])
    sketch.record(name, state, by, one_per)
    filed: Plain = {"record": name}
    if one_per == ["filing"] and sketch.chance():
        filed["at_least"] = 2
    if sketch.chance():
        filed["due"] = {"school_days": 3, "after": state}
    return [sketch.maybe_waivable({"filed": filed})]


def _several(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A filing of each, by quorum; sometimes hidden from the others at first."""
    by = ["member", "chair"] + (["guest"] if "guest" in sketch.roles and sketch.chance() else [])
    made = sketch.record(name, state, by, sketch.pick(["person", "round"], ["person"]))
    if sketch.chance():
        made["reveal"] = sketch.pick(
            {"own": True},
            {"own": True, "by": "chair"},
            {"own": True, "from": sketch.pick(*sketch.states)},
            {"own": True, "by": "chair", "from": sketch.pick(*sketch.states)},
            {"by": ["chair", "school.deputy"], "from": sketch.pick(*sketch.names)},
            {"from": sketch.pick(*sketch.names)},
        )
    measure = sketch.pick(
        {}, {"quorum": "2/3"}, {"quorum": "1/2"}, {"all": True}, {"at_least": 1},
        {"quorum": "1/3", "at_least": 2},
    )  # fmt: skip
    return [
        sketch.maybe_waivable({"filed": {"record": name, "by": ["member", "chair"], **measure}})
    ]


def _either(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """One of two things is enough."""
    sketch.record(name, state, "author", ["round"])
    branches: list[Plain] = [{"filed": {"record": name}, "id": f"{name}_one"}]
    if sketch.rounds and sketch.chance():
        branches.append({"rounds": {"at_least": 2}, "id": f"{name}_late"})
    else:
        sketch.record(f"{name}_too", state, ["chair", "member"], ["filing"])
        branches.append({"filed": {"record": f"{name}_too"}, "id": f"{name}_two"})
    return [sketch.maybe_waivable({"any": branches})]


def _dated(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A date that has to come, a class not taught before, and what is filed on the day."""
    made = sketch.record(name, state, ["chair", "author"], sketch.pick(["round"], []))
    made["file_in"] = [state]
    made["form"]["date"] = {"type": "date", "title": "日期", "required": True, "future": True}
    made["form"]["class"] = {"type": "class", "title": "班级", "required": True}
    first = f"{name}_set"
    guards: list[Plain] = [
        {"filed": {"record": name}, "id": first},
        {"not_before": {"field": f"{name}.date"}, "after": first},
    ]
    if made["one_per"] and sketch.chance():
        rule = {"distinct": {"field": f"{name}.class"}, "after": first}
        guards.append({**rule, "waivable_by": "school.deputy"})
    if sketch.chance():
        day = sketch.record(f"{name}_day", state, "chair", ["round"])
        day["not_before"] = f"{name}.date"
        day["file_in"] = [state]
        asked = {"record": f"{name}_day", "due": {"days": 2, "after": f"{name}.date"}}
        guards.append({"filed": asked, "after": first})
    return guards


def _signed(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A document that others sign."""
    sketch.record(name, state, "author", [])
    by = sketch.pick("chair", ["chair", "school.deputy"])
    consent: Plain = {"consent": {"by": by, "to": name}, "waivable_by": "school.deputy"}
    return [{"filed": {"record": name}, "id": f"{name}_in"}, {**consent, "after": f"{name}_in"}]


def _revised(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A document that is really changed here."""
    made = sketch.record(name, state, "author", [])
    made["file_in"] = sorted({"s0", state})
    return [sketch.maybe_waivable({"changed": {"record": name}})]


def _compared(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A choice that has to come out right."""
    made = sketch.record(name, state, ["chair", "author"], sketch.pick([], ["round"]))
    made["file_in"] = [state]
    made["form"]["outcome"] = {
        "type": "choice", "title": "结论", "required": True, "options": _OPTIONS,
    }  # fmt: skip
    rule = sketch.pick({"is": "a"}, {"is_not": "b"}, {"in": ["a"]})
    asked = {"filed": {"record": name}, "id": f"{name}_in"}
    return [asked, {"field": {"field": f"{name}.outcome", **rule}, "after": f"{name}_in"}]


def _points(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """Points about the author, to be answered here or later."""
    if sketch.unanswered:
        return _single(sketch, name, state)
    made = sketch.record(name, state, ["member", "chair"], ["person", "round"])
    made["file_in"] = [state]
    made["about"] = "author"
    points: Plain = {"type": "points", "title": "建议", "min": sketch.draw(st.integers(0, 1))}
    if sketch.chance():
        made["form"]["advice"] = points
    else:
        made["form"]["advice"] = {
            "type": "items", "title": "建议", "owner": "author",
            "item": {"form": {"what": {"type": "text", "required": True, "title": "什么"}}},
            "due": {"school_days": 10, "after": state},
            "answer": {"by": "owner", "with": ["adopted", "declined"]},
        }  # fmt: skip
    if sketch.chance():
        made["merge"] = "chair"
    if sketch.chance():
        made["reveal"] = {"own": True, "from": state}
    if sketch.rounds and sketch.chance():
        made["form"]["seen"] = {"type": "verify", "title": "看到了吗"}
    sketch.unanswered.append(name)
    rule = {"record": name, "by": ["member", "chair"], "at_least": 1}
    return [sketch.maybe_waivable({"filed": rule})]


def _attended(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """A sheet of who is present, and a filing of each of those."""
    if "sheet" in sketch.used:
        return _single(sketch, name, state)
    sketch.used.add("sheet")
    sketch.roles["present"] = {"title": "到场者", "from": "sheet.people"}
    sketch.records["sheet"] = {
        "title": "签到",
        "by": "chair",
        "one_per": ["round"],
        "file_in": [state],
        "form": {"people": {"type": "attendance", "of": ["member", "chair"], "title": "到场"}},
    }
    sketch.record(name, state, ["member", "chair"], ["person", "round"])
    seen = {"filed": {"record": name, "by": "present", "quorum": "2/3"}}
    return [{"filed": {"record": "sheet"}, "id": "sheet"}, {**seen, "waivable_by": "school.deputy"}]


def _named(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """One person is named by a filing, and files something in turn."""
    if "named" in sketch.used:
        return _single(sketch, name, state)
    sketch.used.add("named")
    sketch.roles["speaker"] = {"title": "发言人", "from": f"{name}.who"}
    made = sketch.record(name, state, "chair", sketch.pick(["round"], []))
    made["file_in"] = [state]
    made["form"]["who"] = {
        "type": "person", "of": ["member", "chair"], "required": True, "title": "谁",
    }  # fmt: skip
    sketch.record(f"{name}_talk", state, ["speaker", "member", "chair"], ["person", "round"])
    return [
        {"filed": {"record": name}, "id": f"{name}_in"},
        {"filed": {"record": f"{name}_talk", "by": "speaker", "all": True}},
    ]


def _linked(sketch: _Sketch, name: str, state: str) -> list[Plain]:
    """The cycle that this one belongs to has come so far."""
    sketch.subject["parent"] = {"type": "cycle", "workflow": "generated", "title": "属于"}
    return [
        *_single(sketch, name, state),
        {"linked": {"link": "parent", "all": True, "in": ["done"]}, "id": f"{name}_parent"},
    ]


_GATES: tuple[Callable[[_Sketch, str, str], list[Plain]], ...] = (
    _single,
    _several,
    _either,
    _dated,
    _signed,
    _revised,
    _compared,
    _points,
    _attended,
    _named,
    _linked,
)
