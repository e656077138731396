-- The seals of the audit: each holds its batch of lines, and the seal before it. A seal of a removal holds no lines: it
-- says that retention took those of all batches up to `removed_through`, when `kept` milliseconds were the rule. `body`
-- is over the lines, `hash` over the seal; `prints` finds the line that was changed. docs/audit.md tells the bytes.
CREATE TABLE audit_seals (
    number INTEGER PRIMARY KEY,
    sealed_at BIGINT NOT NULL,
    first BIGINT UNIQUE,
    last BIGINT UNIQUE,
    lines BIGINT NOT NULL,
    newest_at BIGINT,
    removed_through BIGINT UNIQUE,
    kept BIGINT,
    body TEXT NOT NULL,
    hash TEXT NOT NULL,
    prints TEXT NOT NULL
);
