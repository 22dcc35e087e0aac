ALTER TABLE versions ADD COLUMN files TEXT;

CREATE TABLE blobs (
    seq SEQ NOT NULL,
    created VARCHAR NOT NULL,
    origin VARCHAR,
    link VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    encoding VARCHAR NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (digest),
    CONSTRAINT blobs_in_chain CHECK (seq > 0)
);
