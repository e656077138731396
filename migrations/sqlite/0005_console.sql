-- How far each person has read each room of the console.
CREATE TABLE console_reads (
    room TEXT NOT NULL,
    person TEXT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (room, person)
);
-- What a page that was away has missed.
CREATE INDEX console_messages_changed ON console_messages (room, changed);
CREATE INDEX console_messages_thread ON console_messages (thread) WHERE thread IS NOT NULL;
