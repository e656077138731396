-- How a room stood to us when it was seen last: open, archived or lost.
ALTER TABLE rooms ADD COLUMN standing TEXT NOT NULL DEFAULT 'open';
-- How often in a row a look has failed: the waits between them grow.
ALTER TABLE touches ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
