-- A provider that tells an event again asks for its dead letters with every delivery.
CREATE INDEX "dead_letters_event_id_idx" ON "dead_letters"("event_id");
