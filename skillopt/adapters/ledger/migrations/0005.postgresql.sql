DROP INDEX round_search;

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
