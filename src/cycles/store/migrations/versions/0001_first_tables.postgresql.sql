CREATE FUNCTION cycles_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE integrity_constraint_violation USING MESSAGE = TG_ARGV[0];
END $$;

CREATE TABLE appointment (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    "group" TEXT COLLATE "C",
    from_date DATE NOT NULL,
    until_date DATE,
    CONSTRAINT pk_appointment PRIMARY KEY (school_id, id)
);

CREATE TABLE credential (
    school_id TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    changed_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_credential PRIMARY KEY (school_id, person)
);

CREATE TABLE directory_change (
    school_id TEXT COLLATE "C" NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_directory_change PRIMARY KEY (school_id)
);

CREATE TABLE draft (
    school_id TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    changed_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_draft PRIMARY KEY (school_id, person, form)
);

CREATE INDEX ix_draft_changed ON draft (school_id, changed_at);

CREATE TABLE entry (
    school_id TEXT COLLATE "C" NOT NULL,
    subj TEXT COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    "to" TEXT COLLATE "C" NOT NULL,
    leaf BYTEA GENERATED ALWAYS AS (sha256('\x00'::bytea || body)) STORED NOT NULL,
    prev_seq INTEGER,
    "from" TEXT COLLATE "C",
    prev BYTEA,
    body BYTEA NOT NULL,
    at TEXT COLLATE "C" GENERATED ALWAYS AS (split_part(encode(substring(body, 1, 400), 'escape'), '"', 12)) STORED NOT NULL,
    act TEXT COLLATE "C" GENERATED ALWAYS AS (split_part(encode(substring(body, 1, 400), 'escape'), '"', 4)) STORED NOT NULL,
    actor TEXT COLLATE "C" GENERATED ALWAYS AS (split_part(encode(substring(body, 1, 400), 'escape'), '"', 8)) STORED NOT NULL,
    late BOOLEAN GENERATED ALWAYS AS (position('\x226c617465223a74727565'::bytea in body) > 0) STORED NOT NULL,
    waived BOOLEAN GENERATED ALWAYS AS (position('\x3a227761697665'::bytea in body) > 0) STORED NOT NULL,
    typed BOOLEAN GENERATED ALWAYS AS (position('\x22666f72223a22'::bytea in body) > 0) STORED NOT NULL,
    reopened BOOLEAN GENERATED ALWAYS AS (position('\x72656f70656e222c226163746f72223a'::bytea in body) > 0) STORED NOT NULL,
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
    id SERIAL NOT NULL,
    school_id TEXT COLLATE "C" NOT NULL,
    subj TEXT COLLATE "C" NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_entry_queue PRIMARY KEY (id)
);

CREATE TABLE file (
    school_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    uploaded_by TEXT COLLATE "C" NOT NULL,
    size INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    uploaded_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_file PRIMARY KEY (school_id, digest, uploaded_by)
);

CREATE TABLE file_use (
    school_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    filing TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_file_use PRIMARY KEY (school_id, digest, cycle, filing)
);

CREATE TABLE "group" (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_group PRIMARY KEY (school_id, id)
);

CREATE TABLE holiday (
    school_id TEXT COLLATE "C" NOT NULL,
    first DATE NOT NULL,
    last DATE NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_holiday PRIMARY KEY (school_id, first)
);

CREATE TABLE idempotency (
    school_id TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    request TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (school_id, actor, key)
);

CREATE TABLE invitation (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C",
    made_by TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_invitation PRIMARY KEY (school_id, id),
    CONSTRAINT uq_invitation_digest UNIQUE (digest)
);

CREATE INDEX ix_invitation_expires ON invitation (school_id, expires_at);

CREATE INDEX ix_invitation_person ON invitation (school_id, person);

CREATE TABLE link (
    school_id TEXT COLLATE "C" NOT NULL,
    from_cycle TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    to_cycle TEXT COLLATE "C" NOT NULL,
    item TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_link PRIMARY KEY (school_id, from_cycle, name, to_cycle, item)
);

CREATE INDEX ix_link_to ON link (school_id, to_cycle);

CREATE TABLE make_up_day (
    school_id TEXT COLLATE "C" NOT NULL,
    day DATE NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_make_up_day PRIMARY KEY (school_id, day)
);

CREATE TABLE meeting_screen (
    school_id TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    round INTEGER NOT NULL,
    number INTEGER NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    rest_until TEXT COLLATE "C",
    CONSTRAINT pk_meeting_screen PRIMARY KEY (school_id, cycle, round)
);

CREATE TABLE outbox (
    id SERIAL NOT NULL,
    school_id TEXT COLLATE "C" NOT NULL,
    topic TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);

CREATE TABLE participant (
    school_id TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_participant PRIMARY KEY (school_id, cycle, role, person)
);

CREATE INDEX ix_participant_person ON participant (school_id, person, cycle);

CREATE TABLE payload (
    school_id TEXT COLLATE "C" NOT NULL,
    leaf BYTEA NOT NULL,
    salt BYTEA,
    content BYTEA,
    CONSTRAINT pk_payload PRIMARY KEY (school_id, leaf)
);

CREATE TABLE person (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    pseudonym TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    staff_no TEXT COLLATE "C",
    enabled BOOLEAN NOT NULL,
    guest BOOLEAN NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (school_id, id),
    CONSTRAINT uq_person_school_id_pseudonym UNIQUE (school_id, pseudonym)
);

CREATE TABLE school (
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    log TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_school PRIMARY KEY (id)
);

CREATE TABLE session (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    trusted BOOLEAN NOT NULL,
    cycle TEXT COLLATE "C",
    rights TEXT COLLATE "C" NOT NULL,
    replaced BOOLEAN NOT NULL,
    opened_at TEXT COLLATE "C" NOT NULL,
    seen_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_session PRIMARY KEY (school_id, id),
    CONSTRAINT uq_session_digest UNIQUE (digest)
);

CREATE INDEX ix_session_expires ON session (school_id, expires_at);

CREATE INDEX ix_session_person ON session (school_id, person);

CREATE TABLE staff_import (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    receipt TEXT COLLATE "C" NOT NULL,
    undone_at TEXT COLLATE "C",
    CONSTRAINT pk_staff_import PRIMARY KEY (school_id, id)
);

CREATE TABLE task (
    school_id TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    "do" TEXT COLLATE "C" NOT NULL,
    from_date TEXT COLLATE "C" NOT NULL,
    until_date TEXT COLLATE "C",
    due_at TEXT COLLATE "C",
    details TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_task PRIMARY KEY (school_id, cycle, person, "do", from_date)
);

CREATE INDEX ix_task_person ON task (school_id, person, due_at);

CREATE TABLE term (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    first_day DATE NOT NULL,
    last_day DATE NOT NULL,
    CONSTRAINT pk_term PRIMARY KEY (school_id, id)
);

CREATE TABLE throttle (
    school_id TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    failures INTEGER NOT NULL,
    counted_at TEXT COLLATE "C" NOT NULL,
    open_at TEXT COLLATE "C" NOT NULL,
    forget_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_throttle PRIMARY KEY (school_id, by, key)
);

CREATE INDEX ix_throttle_forget ON throttle (school_id, forget_at);

CREATE TABLE token (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL,
    expires_at TEXT COLLATE "C" NOT NULL,
    revoked_at TEXT COLLATE "C",
    CONSTRAINT pk_token PRIMARY KEY (school_id, id),
    CONSTRAINT uq_token_digest UNIQUE (digest)
);

CREATE TABLE verification (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    by TEXT COLLATE "C" NOT NULL,
    begun_at TEXT COLLATE "C" NOT NULL,
    seen_at TEXT COLLATE "C" NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    ended_at TEXT COLLATE "C",
    unavailable BOOLEAN NOT NULL,
    last TEXT COLLATE "C",
    against INTEGER NOT NULL,
    found INTEGER NOT NULL,
    result TEXT COLLATE "C",
    heads BYTEA,
    CONSTRAINT pk_verification PRIMARY KEY (school_id, id)
);

CREATE TABLE version (
    school_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    canonical BYTEA NOT NULL,
    added_at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_version PRIMARY KEY (school_id, digest)
);

CREATE TABLE cycle (
    school_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    subj TEXT COLLATE "C" NOT NULL,
    revision INTEGER NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    head BYTEA NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    "group" TEXT COLLATE "C" NOT NULL,
    round INTEGER NOT NULL,
    opened_at TEXT COLLATE "C" NOT NULL,
    changed_at TEXT COLLATE "C" NOT NULL,
    entered_at TEXT COLLATE "C" NOT NULL,
    ended BOOLEAN NOT NULL,
    snapshot BYTEA NOT NULL,
    CONSTRAINT pk_cycle PRIMARY KEY (school_id, id),
    CONSTRAINT ck_cycle_own_subject CHECK (subj = 'cycle:' || id),
    CONSTRAINT fk_cycle_entry FOREIGN KEY(school_id, subj, revision, state, head) REFERENCES entry (school_id, subj, seq, "to", leaf)
);

CREATE INDEX ix_cycle_group ON cycle (school_id, "group", id);

CREATE INDEX ix_cycle_state ON cycle (school_id, state, id, workflow, "group", round);

CREATE INDEX ix_cycle_waits ON cycle (school_id, ended, entered_at, id);

CREATE TABLE defining (
    school_id TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    number INTEGER NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_defining PRIMARY KEY (school_id, workflow, number),
    CONSTRAINT fk_defining_version FOREIGN KEY(school_id, digest) REFERENCES version (school_id, digest)
);

CREATE TRIGGER entry_update BEFORE UPDATE ON "entry" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('an entry is never changed');

ALTER TABLE "entry" ENABLE ALWAYS TRIGGER entry_update;

CREATE TRIGGER entry_delete BEFORE DELETE ON "entry" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a row of entry is kept for ever');

ALTER TABLE "entry" ENABLE ALWAYS TRIGGER entry_delete;

CREATE TRIGGER entry_truncate BEFORE TRUNCATE ON "entry" FOR EACH STATEMENT EXECUTE FUNCTION cycles_refuse('a row of entry is kept for ever');

ALTER TABLE "entry" ENABLE ALWAYS TRIGGER entry_truncate;

CREATE TRIGGER payload_update BEFORE UPDATE ON "payload" FOR EACH ROW WHEN (NEW.school_id <> OLD.school_id OR NEW.leaf <> OLD.leaf OR NEW.salt IS NOT NULL OR NEW.content IS NOT NULL) EXECUTE FUNCTION cycles_refuse('a payload is never changed, only erased');

ALTER TABLE "payload" ENABLE ALWAYS TRIGGER payload_update;

CREATE TRIGGER payload_delete BEFORE DELETE ON "payload" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a row of payload is kept for ever');

ALTER TABLE "payload" ENABLE ALWAYS TRIGGER payload_delete;

CREATE TRIGGER payload_truncate BEFORE TRUNCATE ON "payload" FOR EACH STATEMENT EXECUTE FUNCTION cycles_refuse('a row of payload is kept for ever');

ALTER TABLE "payload" ENABLE ALWAYS TRIGGER payload_truncate;

CREATE TRIGGER cycle_update BEFORE UPDATE ON "cycle" FOR EACH ROW WHEN (NEW.revision NOT IN (OLD.revision, OLD.revision + 1) OR NEW.school_id <> OLD.school_id OR NEW.id <> OLD.id OR NEW.workflow <> OLD.workflow OR NEW.version <> OLD.version OR NEW."group" <> OLD."group" OR NEW.opened_at <> OLD.opened_at) EXECUTE FUNCTION cycles_refuse('a cycle moves on by one entry, and keeps its workflow and group');

ALTER TABLE "cycle" ENABLE ALWAYS TRIGGER cycle_update;

CREATE TRIGGER cycle_delete BEFORE DELETE ON "cycle" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a row of cycle is kept for ever');

ALTER TABLE "cycle" ENABLE ALWAYS TRIGGER cycle_delete;

CREATE TRIGGER cycle_truncate BEFORE TRUNCATE ON "cycle" FOR EACH STATEMENT EXECUTE FUNCTION cycles_refuse('a row of cycle is kept for ever');

ALTER TABLE "cycle" ENABLE ALWAYS TRIGGER cycle_truncate;

CREATE TRIGGER version_update BEFORE UPDATE ON "version" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a workflow version is never changed');

ALTER TABLE "version" ENABLE ALWAYS TRIGGER version_update;

CREATE TRIGGER version_delete BEFORE DELETE ON "version" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a row of version is kept for ever');

ALTER TABLE "version" ENABLE ALWAYS TRIGGER version_delete;

CREATE TRIGGER version_truncate BEFORE TRUNCATE ON "version" FOR EACH STATEMENT EXECUTE FUNCTION cycles_refuse('a row of version is kept for ever');

ALTER TABLE "version" ENABLE ALWAYS TRIGGER version_truncate;

CREATE TRIGGER defining_update BEFORE UPDATE ON "defining" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('what was current once is never changed');

ALTER TABLE "defining" ENABLE ALWAYS TRIGGER defining_update;

CREATE TRIGGER defining_delete BEFORE DELETE ON "defining" FOR EACH ROW EXECUTE FUNCTION cycles_refuse('a row of defining is kept for ever');

ALTER TABLE "defining" ENABLE ALWAYS TRIGGER defining_delete;

CREATE TRIGGER defining_truncate BEFORE TRUNCATE ON "defining" FOR EACH STATEMENT EXECUTE FUNCTION cycles_refuse('a row of defining is kept for ever');

ALTER TABLE "defining" ENABLE ALWAYS TRIGGER defining_truncate;
