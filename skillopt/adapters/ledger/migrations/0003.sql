CREATE TABLE ablations (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    round VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (seq)
);

CREATE INDEX ix_ablations_round ON ablations (round);

CREATE TABLE recalled (
    entry SEQ NOT NULL,
    round VARCHAR NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (entry)
);

CREATE INDEX ix_recalled_round ON recalled (round);

CREATE TABLE tallies (
    skill_name VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    idea VARCHAR NOT NULL,
    example TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (skill_name, stage, outcome, idea)
);

CREATE INDEX tallies_most ON tallies (skill_name, count);
