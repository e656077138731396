-- Who is at work. What a worker that is not here has in hand is free; a row in nobody's hand has an empty `claimed_by`.
-- `alive_until` is the database's own time, in milliseconds.
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    alive_until BIGINT NOT NULL
);
ALTER TABLE inbox DROP COLUMN claimed_until;
ALTER TABLE outbox DROP COLUMN claimed_until;
ALTER TABLE touches DROP COLUMN claimed_until;
CREATE INDEX inbox_free ON inbox (seq) WHERE done_at IS NULL AND claimed_by = '';
CREATE INDEX outbox_free ON outbox (seq) WHERE done_at IS NULL AND claimed_by = '';
