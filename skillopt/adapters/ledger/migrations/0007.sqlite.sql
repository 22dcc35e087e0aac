-- SQLite adds a constraint to a table only by making the table anew. Rows that break it are taken
-- along, so that `verify` names them; the view of `rounds` has to go while that is renamed.
PRAGMA ignore_check_constraints = ON;

DROP VIEW round_written;

CREATE TABLE ledger_state_7 (
    id INTEGER NOT NULL,
    ledger VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    link VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ledger_state_one CHECK (id = 1)
);

INSERT INTO ledger_state_7 (
    id, ledger, schema_version, seq, link
)
SELECT
    id, ledger, schema_version, seq, link
FROM ledger_state;

DROP TABLE ledger_state;

ALTER TABLE ledger_state_7 RENAME TO ledger_state;

CREATE TABLE runs_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    skill_name VARCHAR NOT NULL,
    skill_path VARCHAR,
    first VARCHAR NOT NULL,
    validation_set VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    optimizer VARCHAR NOT NULL,
    judge VARCHAR,
    started VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    CONSTRAINT runs_in_chain CHECK (seq > 0)
);

INSERT INTO runs_7 (
    seq, created, origin, link, id, fingerprint, skill_name, skill_path, first, validation_set,
    target, optimizer, judge, started, document
)
SELECT
    seq, created, origin, link, id, fingerprint, skill_name, skill_path, first, validation_set,
    target, optimizer, judge, started, document
FROM runs;

DROP TABLE runs;

ALTER TABLE runs_7 RENAME TO runs;

CREATE INDEX ix_runs_fingerprint ON runs (fingerprint);

CREATE INDEX ix_runs_skill_name ON runs (skill_name);

CREATE TABLE run_ends_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    finished VARCHAR,
    stopped_by VARCHAR,
    last VARCHAR,
    baseline DOUBLE PRECISION,
    sealed_first DOUBLE PRECISION,
    sealed_last DOUBLE PRECISION,
    certified BOOLEAN,
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost DOUBLE PRECISION,
    document TEXT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT run_ends_in_chain CHECK (seq > 0)
);

INSERT INTO run_ends_7 (
    seq, created, origin, link, run, finished, stopped_by, last, baseline, sealed_first,
    sealed_last, certified, calls, prompt_tokens, completion_tokens, cost, document
)
SELECT
    seq, created, origin, link, run, finished, stopped_by, last, baseline, sealed_first,
    sealed_last, certified, calls, prompt_tokens, completion_tokens, cost, document
FROM run_ends;

DROP TABLE run_ends;

ALTER TABLE run_ends_7 RENAME TO run_ends;

CREATE INDEX ix_run_ends_run ON run_ends (run);

CREATE TABLE versions_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    chars INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (digest),
    CONSTRAINT versions_in_chain CHECK (seq > 0)
);

INSERT INTO versions_7 (
    seq, created, origin, link, digest, chars, text
)
SELECT
    seq, created, origin, link, digest, chars, text
FROM versions;

DROP TABLE versions;

ALTER TABLE versions_7 RENAME TO versions;

CREATE TABLE rollouts_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    attempt VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    skill VARCHAR NOT NULL,
    task VARCHAR NOT NULL,
    task_id VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    trial INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    score DOUBLE PRECISION,
    seconds DOUBLE PRECISION NOT NULL,
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost DOUBLE PRECISION,
    payload_digest VARCHAR NOT NULL,
    payload TEXT,
    PRIMARY KEY (seq),
    CONSTRAINT rollouts_key_attempt UNIQUE ("key", attempt),
    CONSTRAINT rollouts_in_chain CHECK (seq > 0)
);

INSERT INTO rollouts_7 (
    seq, created, origin, link, "key", attempt, run, skill, task, task_id, target, trial,
    status, score, seconds, calls, prompt_tokens, completion_tokens, cost, payload_digest,
    payload
)
SELECT
    seq, created, origin, link, "key", attempt, run, skill, task, task_id, target, trial,
    status, score, seconds, calls, prompt_tokens, completion_tokens, cost, payload_digest,
    payload
FROM rollouts;

DROP TABLE rollouts;

ALTER TABLE rollouts_7 RENAME TO rollouts;

CREATE INDEX rollouts_spend ON rollouts (run, calls, prompt_tokens, completion_tokens, cost);

CREATE TABLE exchanges_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    prompt_digest VARCHAR NOT NULL,
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost DOUBLE PRECISION,
    payload_digest VARCHAR NOT NULL,
    payload TEXT,
    PRIMARY KEY (seq),
    CONSTRAINT exchanges_run_key_prompt UNIQUE (run, "key", prompt_digest),
    CONSTRAINT exchanges_in_chain CHECK (seq > 0)
);

INSERT INTO exchanges_7 (
    seq, created, origin, link, run, "key", model, prompt_digest, calls, prompt_tokens,
    completion_tokens, cost, payload_digest, payload
)
SELECT
    seq, created, origin, link, run, "key", model, prompt_digest, calls, prompt_tokens,
    completion_tokens, cost, payload_digest, payload
FROM exchanges;

DROP TABLE exchanges;

ALTER TABLE exchanges_7 RENAME TO exchanges;

CREATE TABLE rounds_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    skill_name VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    idea TEXT NOT NULL,
    criteria TEXT NOT NULL,
    sections TEXT NOT NULL,
    parent VARCHAR NOT NULL,
    candidate VARCHAR,
    context VARCHAR NOT NULL,
    edits_digest VARCHAR,
    edits INTEGER NOT NULL,
    predicted_gain DOUBLE PRECISION,
    gain DOUBLE PRECISION,
    p_value DOUBLE PRECISION,
    tasks_seen INTEGER,
    document TEXT NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT rounds_run_number UNIQUE (run, number),
    UNIQUE (id),
    CONSTRAINT rounds_in_chain CHECK (seq > 0)
);

INSERT INTO rounds_7 (
    seq, created, origin, link, id, run, number, skill_name, outcome, stage, code, reason, idea,
    criteria, sections, parent, candidate, context, edits_digest, edits, predicted_gain, gain,
    p_value, tasks_seen, document, words
)
SELECT
    seq, created, origin, link, id, run, number, skill_name, outcome, stage, code, reason, idea,
    criteria, sections, parent, candidate, context, edits_digest, edits, predicted_gain, gain,
    p_value, tasks_seen, document, words
FROM rounds;

DROP TABLE rounds;

ALTER TABLE rounds_7 RENAME TO rounds;

CREATE INDEX rounds_skill ON rounds (skill_name, seq);

CREATE INDEX rounds_skill_outcome ON rounds (skill_name, outcome, seq);

CREATE INDEX rounds_run ON rounds (run, seq);

CREATE INDEX rounds_outcome ON rounds (outcome, seq);

CREATE INDEX rounds_stage ON rounds (stage, seq);

CREATE INDEX rounds_code ON rounds (code, seq);

CREATE INDEX rounds_created ON rounds (created, seq);

CREATE TABLE edits_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    section TEXT NOT NULL,
    anchor TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT edits_round_number UNIQUE (round, number),
    CONSTRAINT edits_in_chain CHECK (seq > 0)
);

INSERT INTO edits_7 (
    seq, created, origin, link, round, number, kind, section, anchor, text
)
SELECT
    seq, created, origin, link, round, number, kind, section, anchor, text
FROM edits;

DROP TABLE edits;

ALTER TABLE edits_7 RENAME TO edits;

CREATE TABLE head_moves_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    skill_name VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    parent VARCHAR NOT NULL,
    new VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT head_moves_in_chain CHECK (seq > 0)
);

INSERT INTO head_moves_7 (
    seq, created, origin, link, skill_name, path, parent, new, run
)
SELECT
    seq, created, origin, link, skill_name, path, parent, new, run
FROM head_moves;

DROP TABLE head_moves;

ALTER TABLE head_moves_7 RENAME TO head_moves;

CREATE INDEX head_moves_file ON head_moves (skill_name, path, seq);

CREATE INDEX head_moves_path ON head_moves (path, seq);

CREATE TABLE prunings_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    payloads BIGINT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT prunings_in_chain CHECK (seq > 0)
);

INSERT INTO prunings_7 (
    seq, created, origin, link, before, place, payloads
)
SELECT
    seq, created, origin, link, before, place, payloads
FROM prunings;

DROP TABLE prunings;

ALTER TABLE prunings_7 RENAME TO prunings;

CREATE TABLE imports_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    ledger VARCHAR NOT NULL,
    head VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT imports_in_chain CHECK (seq > 0)
);

INSERT INTO imports_7 (
    seq, created, origin, link, ledger, head, rows
)
SELECT
    seq, created, origin, link, ledger, head, rows
FROM imports;

DROP TABLE imports;

ALTER TABLE imports_7 RENAME TO imports;

CREATE TABLE ablations_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT ablations_in_chain CHECK (seq > 0)
);

INSERT INTO ablations_7 (
    seq, created, origin, link, round, document
)
SELECT
    seq, created, origin, link, round, document
FROM ablations;

DROP TABLE ablations;

ALTER TABLE ablations_7 RENAME TO ablations;

CREATE INDEX ix_ablations_round ON ablations (round);

CREATE TABLE skill_moves_7 (
    seq INTEGER NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    old VARCHAR NOT NULL,
    new VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT skill_moves_in_chain CHECK (seq > 0)
);

INSERT INTO skill_moves_7 (
    seq, created, origin, link, old, new
)
SELECT
    seq, created, origin, link, old, new
FROM skill_moves;

DROP TABLE skill_moves;

ALTER TABLE skill_moves_7 RENAME TO skill_moves;

CREATE VIEW round_written AS SELECT
    seq,
    CASE
        WHEN substr(words, 1, length(reason) + 1) = reason || char(10)
        THEN substr(words, length(reason) + 2)
        ELSE words
    END AS words
FROM rounds;

PRAGMA ignore_check_constraints = OFF;
