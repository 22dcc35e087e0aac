CREATE TABLE round_keys (
    "key" BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY ("key", seq)
);
