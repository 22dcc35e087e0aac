CREATE VIEW round_written AS SELECT
    seq,
    CASE
        WHEN substr(words, 1, length(reason) + 1) = reason || char(10)
        THEN substr(words, length(reason) + 2)
        ELSE words
    END AS words
FROM rounds;

DROP TABLE round_search;

CREATE VIRTUAL TABLE round_search USING fts5(
    words, content='round_written', content_rowid='seq', tokenize='porter unicode61'
);

INSERT INTO round_search (round_search) VALUES ('rebuild');
