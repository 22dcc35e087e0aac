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
