CREATE TABLE appointment (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    "group" VARCHAR,
    from_date DATE NOT NULL,
    until_date DATE,
    CONSTRAINT pk_appointment PRIMARY KEY (school_id, id)
);

CREATE TABLE credential (
    school_id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    hash VARCHAR NOT NULL,
    changed_at VARCHAR NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (school_id, person)
);

CREATE TABLE directory_change (
    school_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_directory_change PRIMARY KEY (school_id)
);

CREATE TABLE draft (
    school_id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    form VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    content TEXT NOT NULL,
    device VARCHAR NOT NULL,
    changed_at VARCHAR NOT NULL,
    CONSTRAINT pk_draft PRIMARY KEY (school_id, person, form)
);

CREATE INDEX ix_draft_changed ON draft (school_id, changed_at);

CREATE TABLE entry (
    school_id VARCHAR NOT NULL,
    subj VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    "to" VARCHAR NOT NULL,
    leaf BLOB NOT NULL,
    prev_seq INTEGER,
    "from" VARCHAR,
    prev BLOB,
    body BLOB NOT NULL,
    at VARCHAR NOT NULL GENERATED ALWAYS AS (substr(substr(CAST(substr(body, 1, 400) AS TEXT), 28 + length(act) + length(actor)), 1, instr(substr(CAST(substr(body, 1, 400) AS TEXT), 28 + length(act) + length(actor)), '"') - 1)) VIRTUAL,
    act VARCHAR NOT NULL GENERATED ALWAYS AS (substr(substr(CAST(substr(body, 1, 400) AS TEXT), 9), 1, instr(substr(CAST(substr(body, 1, 400) AS TEXT), 9), '"') - 1)) VIRTUAL,
    actor VARCHAR NOT NULL GENERATED ALWAYS AS (substr(substr(CAST(substr(body, 1, 400) AS TEXT), 20 + length(act)), 1, instr(substr(CAST(substr(body, 1, 400) AS TEXT), 20 + length(act)), '"') - 1)) VIRTUAL,
    late BOOLEAN NOT NULL GENERATED ALWAYS AS (instr(body, x'226c617465223a74727565') > 0) VIRTUAL,
    waived BOOLEAN NOT NULL GENERATED ALWAYS AS (instr(body, x'3a227761697665') > 0) VIRTUAL,
    typed BOOLEAN NOT NULL GENERATED ALWAYS AS (instr(body, x'22666f72223a22') > 0) VIRTUAL,
    reopened BOOLEAN NOT NULL GENERATED ALWAYS AS (instr(body, x'72656f70656e222c226163746f72223a') > 0) VIRTUAL,
    CONSTRAINT pk_entry PRIMARY KEY (school_id, subj, seq),
    CONSTRAINT uq_entry_school_id_subj_seq_to_leaf UNIQUE (school_id, subj, seq, "to", leaf),
    CONSTRAINT fk_entry_entry FOREIGN KEY(school_id, subj, prev_seq, "from", prev) REFERENCES entry (school_id, subj, seq, "to", leaf),
    CONSTRAINT ck_entry_chained CHECK ((seq = 1 AND prev_seq IS NULL AND "from" IS NULL AND prev IS NULL) OR (seq > 1 AND prev_seq IS NOT NULL AND prev_seq = seq - 1 AND "from" IS NOT NULL AND prev IS NOT NULL))
);

CREATE INDEX ix_entry_at ON entry (school_id, at, subj, seq, act, actor);

CREATE INDEX ix_entry_late ON entry (school_id, at, subj, seq) WHERE late;

CREATE INDEX ix_entry_reopened ON entry (school_id, at, subj, seq) WHERE reopened;

CREATE INDEX ix_entry_typed ON entry (school_id, at, subj, seq) WHERE typed;

CREATE INDEX ix_entry_waived ON entry (school_id, at, subj, seq) WHERE waived;

CREATE TABLE entry_queue (
    id INTEGER NOT NULL,
    school_id VARCHAR NOT NULL,
    subj VARCHAR NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_entry_queue PRIMARY KEY (id)
);

CREATE TABLE file (
    school_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    uploaded_by VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    uploaded_at VARCHAR NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (school_id, digest, uploaded_by)
);

CREATE TABLE file_use (
    school_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    cycle VARCHAR NOT NULL,
    filing VARCHAR NOT NULL,
    CONSTRAINT pk_file_use PRIMARY KEY (school_id, digest, cycle, filing)
);

CREATE TABLE "group" (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    CONSTRAINT pk_group PRIMARY KEY (school_id, id)
);

CREATE TABLE holiday (
    school_id VARCHAR NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    name VARCHAR NOT NULL,
    CONSTRAINT pk_holiday PRIMARY KEY (school_id, first)
);

CREATE TABLE idempotency (
    school_id VARCHAR NOT NULL,
    actor VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    request VARCHAR NOT NULL,
    answer TEXT NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (school_id, actor, "key")
);

CREATE TABLE invitation (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    purpose VARCHAR NOT NULL,
    cycle VARCHAR,
    made_by VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    expires_at VARCHAR NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (school_id, id),
    CONSTRAINT uq_invitation_digest UNIQUE (digest)
);

CREATE INDEX ix_invitation_expires ON invitation (school_id, expires_at);

CREATE INDEX ix_invitation_person ON invitation (school_id, person);

CREATE TABLE link (
    school_id VARCHAR NOT NULL,
    from_cycle VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    to_cycle VARCHAR NOT NULL,
    item VARCHAR NOT NULL,
    CONSTRAINT pk_link PRIMARY KEY (school_id, from_cycle, name, to_cycle, item)
);

CREATE INDEX ix_link_to ON link (school_id, to_cycle);

CREATE TABLE make_up_day (
    school_id VARCHAR NOT NULL,
    day DATE NOT NULL,
    name VARCHAR NOT NULL,
    CONSTRAINT pk_make_up_day PRIMARY KEY (school_id, day)
);

CREATE TABLE meeting_screen (
    school_id VARCHAR NOT NULL,
    cycle VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    number INTEGER NOT NULL,
    place VARCHAR NOT NULL,
    rest_until VARCHAR,
    CONSTRAINT pk_meeting_screen PRIMARY KEY (school_id, cycle, round)
);

CREATE TABLE outbox (
    id INTEGER NOT NULL,
    school_id VARCHAR NOT NULL,
    topic VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE TABLE participant (
    school_id VARCHAR NOT NULL,
    cycle VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    CONSTRAINT pk_participant PRIMARY KEY (school_id, cycle, role, person)
);

CREATE INDEX ix_participant_person ON participant (school_id, person, cycle);

CREATE TABLE payload (
    school_id VARCHAR NOT NULL,
    leaf BLOB NOT NULL,
    salt BLOB,
    content BLOB,
    CONSTRAINT pk_payload PRIMARY KEY (school_id, leaf)
);

CREATE TABLE person (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    pseudonym VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    staff_no VARCHAR,
    enabled BOOLEAN NOT NULL,
    guest BOOLEAN NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (school_id, id),
    CONSTRAINT uq_person_school_id_pseudonym UNIQUE (school_id, pseudonym)
);

CREATE TABLE school (
    id VARCHAR(40) NOT NULL,
    name VARCHAR NOT NULL,
    log VARCHAR NOT NULL,
    zone VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    CONSTRAINT pk_school PRIMARY KEY (id)
);

CREATE TABLE session (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    trusted BOOLEAN NOT NULL,
    cycle VARCHAR,
    rights VARCHAR NOT NULL,
    replaced BOOLEAN NOT NULL,
    opened_at VARCHAR NOT NULL,
    seen_at VARCHAR NOT NULL,
    expires_at VARCHAR NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (school_id, id),
    CONSTRAINT uq_session_digest UNIQUE (digest)
);

CREATE INDEX ix_session_expires ON session (school_id, expires_at);

CREATE INDEX ix_session_person ON session (school_id, person);

CREATE TABLE staff_import (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    at VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    receipt TEXT NOT NULL,
    undone_at VARCHAR,
    CONSTRAINT pk_staff_import PRIMARY KEY (school_id, id)
);

CREATE TABLE task (
    school_id VARCHAR NOT NULL,
    cycle VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    do VARCHAR NOT NULL,
    from_date VARCHAR NOT NULL,
    until_date VARCHAR,
    due_at VARCHAR,
    details TEXT NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (school_id, cycle, person, do, from_date)
)
 WITHOUT ROWID;

CREATE INDEX ix_task_person ON task (school_id, person, due_at);

CREATE TABLE term (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    CONSTRAINT pk_term PRIMARY KEY (school_id, id)
);

CREATE TABLE throttle (
    school_id VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    failures INTEGER NOT NULL,
    counted_at VARCHAR NOT NULL,
    open_at VARCHAR NOT NULL,
    forget_at VARCHAR NOT NULL,
    CONSTRAINT pk_throttle PRIMARY KEY (school_id, "by", "key")
);

CREATE INDEX ix_throttle_forget ON throttle (school_id, forget_at);

CREATE TABLE token (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    created_at VARCHAR NOT NULL,
    expires_at VARCHAR NOT NULL,
    revoked_at VARCHAR,
    CONSTRAINT pk_token PRIMARY KEY (school_id, id),
    CONSTRAINT uq_token_digest UNIQUE (digest)
);

CREATE TABLE verification (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    "by" VARCHAR NOT NULL,
    begun_at VARCHAR NOT NULL,
    seen_at VARCHAR NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    ended_at VARCHAR,
    unavailable BOOLEAN NOT NULL,
    last VARCHAR,
    against INTEGER NOT NULL,
    found INTEGER NOT NULL,
    result TEXT,
    heads BLOB,
    CONSTRAINT pk_verification PRIMARY KEY (school_id, id)
);

CREATE TABLE version (
    school_id VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    workflow VARCHAR NOT NULL,
    canonical BLOB NOT NULL,
    added_at VARCHAR NOT NULL,
    CONSTRAINT pk_version PRIMARY KEY (school_id, digest)
);

CREATE TABLE cycle (
    school_id VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    subj VARCHAR NOT NULL,
    revision INTEGER NOT NULL,
    state VARCHAR NOT NULL,
    head BLOB NOT NULL,
    workflow VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    "group" VARCHAR NOT NULL,
    round INTEGER NOT NULL,
    opened_at VARCHAR NOT NULL,
    changed_at VARCHAR NOT NULL,
    entered_at VARCHAR NOT NULL,
    ended BOOLEAN NOT NULL,
    snapshot BLOB NOT NULL,
    CONSTRAINT pk_cycle PRIMARY KEY (school_id, id),
    CONSTRAINT ck_cycle_own_subject CHECK (subj = 'cycle:' || id),
    CONSTRAINT fk_cycle_entry FOREIGN KEY(school_id, subj, revision, state, head) REFERENCES entry (school_id, subj, seq, "to", leaf)
);

CREATE INDEX ix_cycle_group ON cycle (school_id, "group", id);

CREATE INDEX ix_cycle_state ON cycle (school_id, state, id, workflow, "group", round);

CREATE INDEX ix_cycle_waits ON cycle (school_id, ended, entered_at, id);

CREATE TABLE defining (
    school_id VARCHAR NOT NULL,
    workflow VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    at VARCHAR NOT NULL,
    CONSTRAINT pk_defining PRIMARY KEY (school_id, workflow, number),
    CONSTRAINT fk_defining_version FOREIGN KEY(school_id, digest) REFERENCES version (school_id, digest)
);

CREATE TRIGGER entry_update BEFORE UPDATE ON "entry" BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;

CREATE TRIGGER entry_delete BEFORE DELETE ON "entry" BEGIN SELECT RAISE(ABORT, 'a row of entry is kept for ever'); END;

CREATE TRIGGER entry_replace BEFORE INSERT ON "entry" WHEN EXISTS (SELECT 1 FROM "entry" WHERE (school_id = NEW.school_id AND subj = NEW.subj AND seq = NEW.seq) OR rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'entry has a row of this key'); END;

CREATE TRIGGER payload_update BEFORE UPDATE ON "payload" WHEN NEW.school_id <> OLD.school_id OR NEW.leaf <> OLD.leaf OR NEW.salt IS NOT NULL OR NEW.content IS NOT NULL BEGIN SELECT RAISE(ABORT, 'a payload is never changed, only erased'); END;

CREATE TRIGGER payload_delete BEFORE DELETE ON "payload" BEGIN SELECT RAISE(ABORT, 'a row of payload is kept for ever'); END;

CREATE TRIGGER payload_replace BEFORE INSERT ON "payload" WHEN EXISTS (SELECT 1 FROM "payload" WHERE (school_id = NEW.school_id AND leaf = NEW.leaf) OR rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'payload has a row of this key'); END;

CREATE TRIGGER cycle_update BEFORE UPDATE ON "cycle" WHEN NEW.revision NOT IN (OLD.revision, OLD.revision + 1) OR NEW.school_id <> OLD.school_id OR NEW.id <> OLD.id OR NEW.workflow <> OLD.workflow OR NEW.version <> OLD.version OR NEW."group" <> OLD."group" OR NEW.opened_at <> OLD.opened_at BEGIN SELECT RAISE(ABORT, 'a cycle moves on by one entry, and keeps its workflow and group'); END;

CREATE TRIGGER cycle_delete BEFORE DELETE ON "cycle" BEGIN SELECT RAISE(ABORT, 'a row of cycle is kept for ever'); END;

CREATE TRIGGER cycle_replace BEFORE INSERT ON "cycle" WHEN EXISTS (SELECT 1 FROM "cycle" WHERE (school_id = NEW.school_id AND id = NEW.id) OR rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'cycle has a row of this key'); END;

CREATE TRIGGER version_update BEFORE UPDATE ON "version" BEGIN SELECT RAISE(ABORT, 'a workflow version is never changed'); END;

CREATE TRIGGER version_delete BEFORE DELETE ON "version" BEGIN SELECT RAISE(ABORT, 'a row of version is kept for ever'); END;

CREATE TRIGGER version_replace BEFORE INSERT ON "version" WHEN EXISTS (SELECT 1 FROM "version" WHERE (school_id = NEW.school_id AND digest = NEW.digest) OR rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'version has a row of this key'); END;

CREATE TRIGGER defining_update BEFORE UPDATE ON "defining" BEGIN SELECT RAISE(ABORT, 'what was current once is never changed'); END;

CREATE TRIGGER defining_delete BEFORE DELETE ON "defining" BEGIN SELECT RAISE(ABORT, 'a row of defining is kept for ever'); END;

CREATE TRIGGER defining_replace BEFORE INSERT ON "defining" WHEN EXISTS (SELECT 1 FROM "defining" WHERE (school_id = NEW.school_id AND workflow = NEW.workflow AND number = NEW.number) OR rowid = NEW.rowid) BEGIN SELECT RAISE(ABORT, 'defining has a row of this key'); END;
