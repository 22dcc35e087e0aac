CREATE TABLE ledger_state (
    id INTEGER NOT NULL,
    ledger VARCHAR NOT NULL,
    schema_version INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    link VARCHAR NOT NULL,
    PRIMARY KEY (id)
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
    UNIQUE (id)
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
    PRIMARY KEY (seq)
);

CREATE INDEX ix_run_ends_run ON run_ends (run);

CREATE TABLE versions (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    chars INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (digest)
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
    CONSTRAINT rollouts_key_attempt UNIQUE ("key", attempt)
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
    CONSTRAINT exchanges_run_key_prompt UNIQUE (run, "key", prompt_digest)
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
    UNIQUE (id)
);

CREATE INDEX rounds_edits ON rounds (skill_name, edits_digest);

CREATE INDEX rounds_skill ON rounds (skill_name, seq);

CREATE INDEX rounds_skill_outcome ON rounds (skill_name, outcome, seq);

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
    CONSTRAINT edits_round_number UNIQUE (round, number)
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
    PRIMARY KEY (seq)
);

CREATE INDEX head_moves_file ON head_moves (skill_name, path, seq);
