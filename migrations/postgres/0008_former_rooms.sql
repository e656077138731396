-- Whether somebody wants a room back that is archived or lost.
ALTER TABLE rooms ADD COLUMN wanted_back BIGINT NOT NULL DEFAULT 0;
-- Rooms that iterations have left for others, in their order; `told_at` once it was told there where it goes on.
CREATE TABLE former_rooms (
    room TEXT PRIMARY KEY,
    iteration TEXT NOT NULL,
    number BIGINT NOT NULL,
    told_at BIGINT,
    UNIQUE (iteration, number)
);
