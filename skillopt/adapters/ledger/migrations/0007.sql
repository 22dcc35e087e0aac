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
