-- What led to a deployment: all that is done about it is found by the same trace.
ALTER TABLE deployments ADD COLUMN trace TEXT NOT NULL DEFAULT '';
-- Counted every few seconds.
CREATE INDEX inbox_parked ON inbox (seq) WHERE outcome = 'parked';
