CREATE TABLE recall_keys (
    "key" BIGINT NOT NULL,
    entry BIGINT NOT NULL,
    PRIMARY KEY ("key", entry)
);

CREATE TABLE round_keys (
    "key" BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY ("key", seq)
);

CREATE INDEX round_search ON rounds USING gin (
    to_tsvector(
        'english',
        translate(
            CASE
                WHEN substr(words, 1, length(reason) + 1) = reason || chr(10)
                THEN substr(words, length(reason) + 2)
                ELSE words
            END,
            '-_./@+~&=',
            '         '
        )
    )
);
