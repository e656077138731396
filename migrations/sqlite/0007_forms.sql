-- What somebody typed into a form that is not sent off yet: it opens with it again.
CREATE TABLE form_drafts (
    chat TEXT NOT NULL,
    account TEXT NOT NULL,
    command TEXT NOT NULL,
    -- JSON: pairs of place and value.
    body TEXT NOT NULL,
    typed_at BIGINT NOT NULL,
    PRIMARY KEY (chat, account, command)
);
