-- The schema that all migrations together make. SQLite keeps these texts, and `verify` compares them:
-- to the byte, a table is written as its migrations leave it.

CREATE TABLE ledger_state (
    id INTEGER NOT NULL,
    ledger VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    link VARCHAR NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT ledger_state_one CHECK (id = 1)
);

CREATE TABLE schema_changes (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    ledger VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT schema_changes_in_chain CHECK (seq > 0)
);

CREATE TABLE runs (
    seq SEQ NOT NULL,
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

CREATE INDEX ix_runs_fingerprint ON runs (fingerprint);

CREATE INDEX ix_runs_skill_name ON runs (skill_name);

CREATE TABLE run_ends (
    seq SEQ NOT NULL,
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

CREATE INDEX ix_run_ends_run ON run_ends (run);

CREATE TABLE versions (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    chars INTEGER NOT NULL,
    text TEXT NOT NULL, files TEXT,
    PRIMARY KEY (seq),
    UNIQUE (digest),
    CONSTRAINT versions_in_chain CHECK (seq > 0)
);

CREATE TABLE blobs (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    encoding VARCHAR NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (digest),
    CONSTRAINT blobs_in_chain CHECK (seq > 0)
);

CREATE TABLE rollouts (
    seq SEQ NOT NULL,
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

CREATE INDEX rollouts_spend ON rollouts (run, calls, prompt_tokens, completion_tokens, cost);

CREATE TABLE exchanges (
    seq SEQ NOT NULL,
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

CREATE TABLE rounds (
    seq SEQ NOT NULL,
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

CREATE INDEX rounds_code ON rounds (code, seq);

CREATE INDEX rounds_created ON rounds (created, seq);

CREATE INDEX rounds_outcome ON rounds (outcome, seq);

CREATE INDEX rounds_run ON rounds (run, seq);

CREATE INDEX rounds_skill ON rounds (skill_name, seq);

CREATE INDEX rounds_skill_outcome ON rounds (skill_name, outcome, seq);

CREATE INDEX rounds_stage ON rounds (stage, seq);

CREATE TABLE edits (
    seq SEQ NOT NULL,
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

CREATE TABLE ablations (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT ablations_in_chain CHECK (seq > 0)
);

CREATE INDEX ix_ablations_round ON ablations (round);

CREATE TABLE approvals (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    run VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    skill_name VARCHAR NOT NULL,
    parent VARCHAR NOT NULL,
    candidate VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (id),
    CONSTRAINT approvals_run_number UNIQUE (run, number),
    CONSTRAINT approvals_in_chain CHECK (seq > 0)
);

CREATE TABLE decisions (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    approval VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    known_by VARCHAR NOT NULL,
    reason TEXT NOT NULL,
    candidate VARCHAR,
    proposal TEXT,
    PRIMARY KEY (seq),
    UNIQUE (approval),
    CONSTRAINT decisions_in_chain CHECK (seq > 0)
);

CREATE TABLE head_moves (
    seq SEQ NOT NULL,
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

CREATE INDEX head_moves_file ON head_moves (skill_name, path, seq);

CREATE INDEX head_moves_path ON head_moves (path, seq);

CREATE TABLE skill_moves (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    old VARCHAR NOT NULL,
    new VARCHAR NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT skill_moves_in_chain CHECK (seq > 0)
);

CREATE TABLE prunings (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    payloads BIGINT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT prunings_in_chain CHECK (seq > 0)
);

CREATE TABLE imports (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    ledger VARCHAR NOT NULL,
    head VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    PRIMARY KEY (seq),
    CONSTRAINT imports_in_chain CHECK (seq > 0)
);

CREATE TABLE run_skills (
    run VARCHAR NOT NULL,
    skill VARCHAR NOT NULL,
    PRIMARY KEY (run)
);

CREATE INDEX run_skills_skill ON run_skills (skill);

CREATE TABLE recalled (
    entry SEQ NOT NULL,
    round VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (entry)
);

CREATE INDEX ix_recalled_round ON recalled (round);

CREATE TABLE tallies (
    skill_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    idea VARCHAR NOT NULL,
    example TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (skill_id, stage, outcome, idea)
);

CREATE INDEX tallies_most ON tallies (skill_id, count);
