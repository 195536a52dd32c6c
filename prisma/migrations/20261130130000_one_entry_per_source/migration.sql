-- One payment, fee or journal entry per provider object and cycle, whichever key it is recorded under: keys are derived from
-- the FreshBooks account now, and a process from before derives another one.
CREATE UNIQUE INDEX "postings_one_per_source" ON "postings" ("business_id", "kind", "source_provider", "source_id", "cycle")
  WHERE "kind" IN ('payment', 'fee', 'journal');
