CREATE VIRTUAL TABLE round_search USING fts5(
    words, content='rounds', content_rowid='seq', tokenize='porter unicode61'
);
