-- An answer can be withdrawn for some seconds, and two people who answer one question do not overwrite each other.
ALTER TABLE "reviews" ADD COLUMN     "apply_at" TIMESTAMPTZ(3),
ADD COLUMN     "pending" JSONB,
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1;

-- By trigger, so that whoever changes a review (a flow, a person, a process of an older version) raises it.
CREATE FUNCTION raise_review_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'open' THEN
    NEW.pending := NULL;
    NEW.apply_at := NULL;
  END IF;
  IF ROW(NEW.state, NEW.amount_minor, NEW.currency, NEW.reasons, NEW.candidates, NEW.covers, NEW.action, NEW.note, NEW.pending)
    IS DISTINCT FROM
    ROW(OLD.state, OLD.amount_minor, OLD.currency, OLD.reasons, OLD.candidates, OLD.covers, OLD.action, OLD.note, OLD.pending)
  THEN
    NEW.revision := OLD.revision + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reviews_revision BEFORE UPDATE ON "reviews" FOR EACH ROW EXECUTE FUNCTION raise_review_revision();

-- Prisma cannot say a partial one.
CREATE INDEX "reviews_held" ON "reviews" ("apply_at") WHERE "apply_at" IS NOT NULL;
