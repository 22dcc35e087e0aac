CREATE INDEX round_search ON rounds USING gin (to_tsvector('english', words));
