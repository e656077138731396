CREATE TABLE iterations (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    project TEXT NOT NULL,
    goal TEXT,
    owner TEXT NOT NULL,
    phase TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    asked_in TEXT NOT NULL
);

-- A room is a wish until `room` is known. An intent stands in name, number, nonce and intended_at.
CREATE TABLE rooms (
    iteration TEXT PRIMARY KEY,
    chat TEXT NOT NULL,
    number BIGINT NOT NULL,
    refusals BIGINT NOT NULL,
    name TEXT,
    nonce TEXT,
    intended_at BIGINT,
    room TEXT UNIQUE
);

CREATE TABLE members (
    iteration TEXT NOT NULL,
    person TEXT NOT NULL,
    wanted TEXT,
    invited_at BIGINT,
    seen_at BIGINT,
    declined_at BIGINT,
    PRIMARY KEY (iteration, person)
);

-- A card is a wish until `message` is known.
CREATE TABLE cards (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    nonce TEXT,
    intended_at BIGINT,
    room TEXT,
    message TEXT,
    shown TEXT
);
CREATE INDEX cards_subject ON cards (subject);

-- What stewards should look at; no body, newest wish wins.
CREATE TABLE touches (
    key TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_until BIGINT NOT NULL
);
CREATE INDEX touches_due ON touches (due_at);

-- The console as a platform: who is in which room, and what made it.
ALTER TABLE console_rooms ADD COLUMN nonce TEXT;
ALTER TABLE console_rooms ADD COLUMN pinned TEXT;
CREATE UNIQUE INDEX console_rooms_nonce ON console_rooms (nonce);
CREATE TABLE console_members (
    room TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (room, person)
);
