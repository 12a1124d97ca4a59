"""A sound workflow that uses most of the language, for tests that spoil one thing in it."""

SOUND = """\
workflow: reading-circle
title: {zh: 读书会, en: Reading circle}
start: propose
open: {by: [group.head, group.members]}
rounds: {min: 2, max: 3}
subject:
  kind: {type: choice, required: true, title: 类型, options: {open: 公开, inner: 校内}}
  mentor: {type: person, title: 导师}
  plan: {type: cycle, workflow: reading-plan, title: 属于计划}

roles:
  speaker: {title: 主讲, count: 1, among: group.members}
  chair: {title: 主持人, count: 1, default: group.head, files_for: [speaker, member]}
  member: {title: 组员, count: 0.., default: group.members}
  guest: {title: 嘉宾, count: 0..2, outside: true, not: [member]}
  present: {title: 到场者, from: sheet.people}

records:
  proposal:
    title: 选书
    by: speaker
    one_per: []
    form:
      book: {type: text, required: true, title: 书名}
  meeting:
    title: 时间地点
    by: [chair, speaker]
    one_per: [round]
    file_in: [read]
    late: refuse
    form:
      date: {type: date, required: true, future: true, title: 日期}
      room: {type: class, required: true, title: 教室}
      length: {type: number, min: 10, max: 90, title: 时长（分钟）}
  sheet:
    title: 签到
    by: chair
    one_per: [round]
    file_in: [read, talk]
    not_before: meeting.date
    form:
      people: {type: attendance, of: [member, chair, guest], title: 到场情况}
  note:
    title: 读书笔记
    by: [member, chair, guest]
    reveal: {own: true, by: chair, from: revise}
    read:
      - {who: [member, chair, guest]}
      - {who: speaker, from: talk}
    needs_any: [text, photo]
    form:
      text: {type: text, title: 笔记}
      photo: {type: file, title: 照片}
  advice:
    title: 建议
    by: [member, chair]
    about: speaker
    merge: chair
    file_in: [talk]
    form:
      points:
        type: items
        min: 1
        title: 建议
        item:
          form:
            what: {type: text, required: true, title: 什么}
        owner: speaker
        due: {school_days: 5, after: revise}
        answer: {by: owner, with: [adopted, declined]}
  summary:
    title: 小结
    by: speaker
    one_per: []
    file_in: [talk, revise]
    form:
      text: {type: text, required: true, title: 收获}
      outcome: {type: choice, title: 结论, options: {good: 好, poor: 不好}}
  album:
    title: 相册
    by: [member, chair]
    one_per: [filing]
    file_in: [revise]
    form:
      photo: {type: file, required: true, title: 照片}

states:
  propose: 选书
  read: 读书
  talk: 讨论
  revise: 修改
  shelf: {title: 暂放, rests: true}
  done: {title: 已结束, final: true}

transitions:
  approve:
    title: 同意
    from: propose
    to: read
    by: [chair, school.deputy]
    guards:
      - filed: {record: proposal}
      - separate: {role: speaker}
  begin:
    title: 开始讨论
    from: read
    to: talk
    by: chair
    auto: true
    guards:
      - filed: {record: meeting}
        id: met
      - not_before: {field: meeting.date}
        after: met
      - distinct: {field: meeting.room}
        waivable_by: school.deputy
      - filed: {record: sheet}
        id: signed_in
      - filed: {record: note, by: present, quorum: 2/3}
        id: notes
        waivable_by: school.deputy
  postpone:
    title: 改期
    from: read
    to: read
    by: chair
    side: true
    reason: true
    voids: [meeting, sheet]
  close:
    title: 结束讨论
    from: talk
    to: revise
    by: chair
    due: {school_days: 2, after: meeting.date}
    guards:
      - filed: {record: advice, by: [member, chair], quorum: 1/2, due: {days: 3, after: sheet}}
        id: advised
      - any:
          - filed: {record: summary}
          - rounds: {at_least: 2}
            id: later
  again:
    title: 再读一轮
    from: revise
    to: read
    by: chair
    round: next
    guards:
      - answered: {points: advice}
      - changed: {record: summary}
        waivable_by: school.deputy
  finish:
    title: 结束
    from: revise
    to: done
    by: [chair, subject.mentor]
    guards:
      - answered: {points: advice}
      - verified: {points: advice, seen_in: talk, by: [member, chair]}
        waivable_by: school.deputy
      - consent: {by: chair, to: summary}
      - linked: {link: plan, all: true, in: [running]}
      - rounds: {at_least: min}
      - field: {field: subject.kind, is: inner}
  publish:
    title: 公开后结束
    from: revise
    to: done
    by: school.head
    guards:
      - field: {field: subject.kind, is_not: inner}
      - not: {rounds: {at_least: 3}}
        id: early
        waivable_by: school.deputy
  shelve:
    title: 暂放
    from: revise
    to: shelf
    by: chair
    side: true
  unshelve:
    title: 取回
    from: shelf
    to: revise
    by: chair
    reason: true

see:
  - {who: [speaker, chair, member, guest, subject.mentor, school.deputy, school.head]}
  - {who: school.staff, from: done}
lifecycle:
  suspend: chair
"""
