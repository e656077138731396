CREATE TABLE environments (
    name TEXT PRIMARY KEY,
    generation BIGINT NOT NULL,
    wished BIGINT,
    seen TEXT NOT NULL,
    seen_at BIGINT,
    draft_version BIGINT NOT NULL,
    draft TEXT NOT NULL
);

-- The record: never changed, only added to.
CREATE TABLE revisions (
    environment TEXT NOT NULL,
    number BIGINT NOT NULL,
    selections TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (environment, number)
);

CREATE TABLE deployments (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    environment TEXT NOT NULL,
    generation BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    state TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    asked_in TEXT NOT NULL,
    card TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    started_at BIGINT,
    ended_at BIGINT,
    steps TEXT NOT NULL
);
CREATE INDEX deployments_environment ON deployments (environment, seq);
-- One running and one queued an environment, whoever races.
CREATE UNIQUE INDEX deployments_running ON deployments (environment) WHERE state = 'applying';
CREATE UNIQUE INDEX deployments_queued ON deployments (environment) WHERE state = 'queued';
