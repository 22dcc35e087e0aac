CREATE TABLE recall_keys (
    "key" BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY ("key", entry)
);

DROP INDEX round_search;

CREATE INDEX round_search ON rounds
    USING gin (to_tsvector('english', translate(words, '-_./@+~&=', '         ')));
