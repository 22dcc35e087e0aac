DROP INDEX rounds_edits;

CREATE INDEX rounds_run ON rounds (run, seq);

CREATE INDEX rounds_outcome ON rounds (outcome, seq);

CREATE INDEX rounds_stage ON rounds (stage, seq);

CREATE INDEX rounds_code ON rounds (code, seq);

CREATE INDEX rounds_created ON rounds (created, seq);
