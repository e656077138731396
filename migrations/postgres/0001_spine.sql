-- What came in. `seq` is the order of arrival; a row is born claimed by the process that wrote it.
CREATE TABLE inbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    dedup_key TEXT NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    done_at BIGINT,
    outcome TEXT,
    reason TEXT,
    UNIQUE (source, dedup_key)
);
CREATE INDEX inbox_open ON inbox (seq) WHERE done_at IS NULL;
CREATE INDEX inbox_open_lane ON inbox (lane, seq) WHERE done_at IS NULL;

-- What is to be done once.
CREATE TABLE outbox (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    event TEXT NOT NULL,
    lane TEXT NOT NULL,
    body TEXT NOT NULL,
    trace TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    claimed_by TEXT NOT NULL,
    claimed_until BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    state TEXT NOT NULL,
    receipt TEXT,
    done_at BIGINT
);
CREATE INDEX outbox_open ON outbox (seq) WHERE done_at IS NULL;
CREATE INDEX outbox_open_lane ON outbox (lane, seq) WHERE done_at IS NULL;
CREATE INDEX outbox_event ON outbox (event);

-- Who asked for what, and what was decided. Only ever added to.
CREATE TABLE audit (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    event TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT,
    target TEXT,
    outcome TEXT NOT NULL,
    reason TEXT,
    rules TEXT NOT NULL,
    trace TEXT NOT NULL
);

-- The console's own platform: its rooms and all that is said in them.
CREATE TABLE console_rooms (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    topic TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
-- `changed` grows with every post and edit: where a page that was away goes on.
CREATE TABLE console_messages (
    seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room TEXT NOT NULL,
    thread TEXT,
    only_for TEXT,
    author TEXT,
    acting_as TEXT,
    body TEXT NOT NULL,
    nonce TEXT UNIQUE,
    posted_at BIGINT NOT NULL,
    changed BIGINT NOT NULL UNIQUE
);
CREATE INDEX console_messages_room ON console_messages (room, seq);

-- Login links, sessions and API tokens, by the hash of their secret.
CREATE TABLE credentials (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    person TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
