CREATE TABLE recall_keys (
    "key" BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY ("key", entry)
) WITHOUT ROWID;

CREATE TABLE round_keys (
    "key" BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY ("key", seq)
) WITHOUT ROWID;

CREATE VIEW round_written AS SELECT
    seq,
    CASE
        WHEN substr(words, 1, length(reason) + 1) = reason || char(10)
        THEN substr(words, length(reason) + 2)
        ELSE words
    END AS words
FROM rounds;

CREATE VIRTUAL TABLE round_search USING fts5(
    words, content='round_written', content_rowid='seq', tokenize='porter unicode61'
);
