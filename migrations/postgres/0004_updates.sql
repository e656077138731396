-- What should be there: a revision ('present'), or nothing any more ('absent'); `wished` is the last revision either way.
ALTER TABLE environments ADD COLUMN wish TEXT NOT NULL DEFAULT 'present';
ALTER TABLE environments ADD COLUMN observation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE environments ADD COLUMN hold TEXT;
ALTER TABLE environments ADD COLUMN refused TEXT NOT NULL DEFAULT '{}';
ALTER TABLE environments ADD COLUMN repairs TEXT NOT NULL DEFAULT '{}';

-- The message that asked for a revision.
ALTER TABLE revisions ADD COLUMN room TEXT;
ALTER TABLE revisions ADD COLUMN message TEXT;

ALTER TABLE deployments ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN cause TEXT NOT NULL DEFAULT 'asked';
ALTER TABLE deployments ADD COLUMN cancelled_by TEXT;
ALTER TABLE deployments ADD COLUMN asker TEXT;
UPDATE deployments SET number = seq;
CREATE UNIQUE INDEX deployments_number ON deployments (environment, number);
DROP INDEX deployments_running;
CREATE UNIQUE INDEX deployments_running ON deployments (environment)
    WHERE state IN ('applying', 'stopping', 'unknown');

-- What is to be decided at a moment to come.
CREATE TABLE timers (
    key TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    since BIGINT NOT NULL,
    set_by TEXT NOT NULL
);
CREATE INDEX timers_due ON timers (due_at);

-- What the last look at a repository saw, as a fingerprint of its branches.
CREATE TABLE repositories (
    name TEXT PRIMARY KEY,
    heads TEXT NOT NULL,
    observation BIGINT NOT NULL
);
