-- Where processes live: a data folder on a machine. `gone_at`: since when no process that lives there was heard of, in
-- milliseconds of the database's time.
CREATE TABLE homes (
    id TEXT PRIMARY KEY,
    machine TEXT NOT NULL,
    gone_at BIGINT
);
-- Where an environment that belongs to a machine runs, and since when that machine is known to be lost.
ALTER TABLE environments ADD COLUMN home TEXT;
ALTER TABLE environments ADD COLUMN lost_at BIGINT;
-- Which schema each process knows, and the oldest that a process must know to work on this database.
ALTER TABLE workers ADD COLUMN schema_known BIGINT NOT NULL DEFAULT 9;
CREATE TABLE compatibility (oldest BIGINT NOT NULL);
INSERT INTO compatibility (oldest) VALUES (10);
-- Logs that somebody wants to read which lie on another machine. `lines` is empty for that of the last failure; `answer` is
-- JSON.
CREATE TABLE log_asks (
    id TEXT PRIMARY KEY,
    home TEXT NOT NULL,
    environment TEXT NOT NULL,
    component TEXT NOT NULL,
    lines BIGINT,
    asked_at BIGINT NOT NULL,
    answer TEXT
);
