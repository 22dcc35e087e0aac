CREATE TABLE prunings (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    before VARCHAR NOT NULL,
    place BIGINT NOT NULL,
    payloads BIGINT NOT NULL,
    PRIMARY KEY (seq)
);

CREATE TABLE imports (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    ledger VARCHAR NOT NULL,
    head VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    PRIMARY KEY (seq)
);
