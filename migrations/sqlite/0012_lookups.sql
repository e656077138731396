-- What is looked up by more than its key, so that ten thousand iterations cost no more than ten.
CREATE INDEX cards_unposted ON cards (id) WHERE message IS NULL;
CREATE INDEX cards_room ON cards (room);
CREATE INDEX members_person ON members (person);
