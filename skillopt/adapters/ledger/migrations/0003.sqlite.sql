CREATE TABLE recall_keys (
    "key" BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY ("key", entry)
) WITHOUT ROWID;
