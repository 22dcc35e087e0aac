CREATE TABLE skill_moves (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    old VARCHAR NOT NULL,
    new VARCHAR NOT NULL,
    PRIMARY KEY (seq)
);

CREATE TABLE run_skills (
    run VARCHAR NOT NULL,
    skill VARCHAR NOT NULL,
    PRIMARY KEY (run)
);

CREATE INDEX run_skills_skill ON run_skills (skill);

CREATE INDEX head_moves_path ON head_moves (path, seq);

DROP TABLE tallies;

CREATE TABLE tallies (
    skill_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    idea VARCHAR NOT NULL,
    example TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (skill_id, stage, outcome, idea)
);

CREATE INDEX tallies_most ON tallies (skill_id, count);
