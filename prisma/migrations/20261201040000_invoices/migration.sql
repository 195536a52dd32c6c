-- Every invoice that was seen, as FreshBooks last showed it, with what became of it in one word. Flows write what they fetch; the
-- word and the searched text are derived by triggers, so that whoever changes a debit, an entry, a question or an opt-out (a flow,
-- a person, a process of an older version) keeps them right.
CREATE TABLE "invoices" (
    "business_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "number" TEXT NOT NULL DEFAULT '',
    "client_id" TEXT NOT NULL DEFAULT '',
    "client_name" TEXT,
    "amount_minor" BIGINT,
    "seen_outstanding_minor" BIGINT,
    "outstanding_minor" BIGINT,
    "currency" TEXT,
    "issued" TEXT,
    "due" TEXT,
    "standing" TEXT,
    "visibility" TEXT NOT NULL DEFAULT 'active',
    "state" TEXT NOT NULL DEFAULT 'not-collected',
    "seen_at" TIMESTAMPTZ(3),
    "touched_at" TIMESTAMPTZ(3) NOT NULL,
    "search" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("business_id","invoice_id")
);

-- What of an invoice is outstanding after the calls that went out since it was seen.
CREATE FUNCTION "invoice_outstanding"(inv "invoices") RETURNS numeric LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN inv.seen_outstanding_minor IS NOT NULL THEN GREATEST(0, inv.seen_outstanding_minor + COALESCE(sum(CASE kind WHEN 'payment' THEN -amount_minor ELSE amount_minor END), 0)) END
  FROM postings
  WHERE business_id = inv.business_id AND invoice_id = inv.invoice_id AND kind IN ('payment', 'reversal')
    AND state IN ('posted', 'reversed') AND called_at > inv.seen_at
$$;

CREATE FUNCTION "invoice_state"(inv "invoices") RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  debit record;
  paid_by text;
BEGIN
  IF inv.visibility = 'deleted' THEN RETURN 'deleted'; END IF;
  IF EXISTS (SELECT FROM reviews WHERE business_id = inv.business_id AND state = 'open' AND (
      (subject_provider = 'freshbooks' AND subject_type = 'invoice' AND subject_id = inv.invoice_id)
      OR (subject_provider = 'gocardless' AND subject_type = 'payment' AND subject_id IN (
        SELECT payment_id FROM collections WHERE business_id = inv.business_id AND invoice_id = inv.invoice_id))))
    THEN RETURN 'needs-you'; END IF;
  SELECT state, will_attempt_retry INTO debit FROM collections
    WHERE business_id = inv.business_id AND invoice_id = inv.invoice_id ORDER BY attempt DESC LIMIT 1;
  SELECT source_provider INTO paid_by FROM postings
    WHERE business_id = inv.business_id AND invoice_id = inv.invoice_id AND kind = 'payment' AND state = 'posted'
    ORDER BY created_at DESC LIMIT 1;
  IF inv.outstanding_minor = 0 OR (inv.seen_at IS NULL AND (paid_by IS NOT NULL OR debit.state = 'paid_out')) THEN
    RETURN CASE COALESCE(paid_by, CASE WHEN debit.state = 'paid_out' THEN 'gocardless' END)
      WHEN 'gocardless' THEN 'paid-gocardless' WHEN 'paypal' THEN 'paid-paypal' ELSE 'paid-elsewhere' END;
  END IF;
  IF debit.state IN ('planned', 'requested', 'pending_submission', 'submitted', 'confirmed', 'paid_out')
    OR (debit.state = 'failed' AND debit.will_attempt_retry) THEN RETURN 'collecting'; END IF;
  IF EXISTS (SELECT FROM opt_outs WHERE business_id = inv.business_id
      AND ((kind = 'invoice' AND id = inv.invoice_id) OR (kind = 'client' AND id = inv.client_id)))
    THEN RETURN 'opted-out'; END IF;
  IF debit.state IN ('failed', 'charged_back') THEN RETURN 'came-back'; END IF;
  IF inv.standing = 'draft' THEN RETURN 'draft'; END IF;
  RETURN 'not-collected';
END $$;

CREATE FUNCTION "derive_invoice"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.outstanding_minor := invoice_outstanding(NEW);
  NEW.state := invoice_state(NEW);
  NEW.search := lower(concat_ws(' ', NEW.number, NEW.client_name, NEW.invoice_id,
    (SELECT string_agg(payment_id, ' ') FROM collections WHERE business_id = NEW.business_id AND invoice_id = NEW.invoice_id),
    (SELECT string_agg(DISTINCT source_id, ' ') FROM postings WHERE business_id = NEW.business_id AND invoice_id = NEW.invoice_id)));
  RETURN NEW;
END $$;
CREATE TRIGGER "invoices_derive" BEFORE INSERT OR UPDATE ON "invoices" FOR EACH ROW EXECUTE FUNCTION "derive_invoice"();

-- Something about an invoice changed: its row is derived anew, or made when it was not seen yet.
CREATE FUNCTION "touch_invoice"(business text, invoice text, named text, client text, money text, moment timestamptz)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO "invoices" ("business_id", "invoice_id", "number", "client_id", "currency", "touched_at")
  VALUES (business, invoice, COALESCE(named, ''), COALESCE(client, ''), money, moment)
  ON CONFLICT ("business_id", "invoice_id") DO UPDATE SET
    "number" = CASE WHEN "invoices"."number" = '' THEN EXCLUDED."number" ELSE "invoices"."number" END,
    "client_id" = CASE WHEN "invoices"."client_id" = '' THEN EXCLUDED."client_id" ELSE "invoices"."client_id" END,
    "currency" = COALESCE("invoices"."currency", EXCLUDED."currency"),
    "touched_at" = GREATEST("invoices"."touched_at", EXCLUDED."touched_at")
$$;

CREATE FUNCTION "touch_invoice_of_debit"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM touch_invoice(NEW.business_id, NEW.invoice_id, NEW.invoice_number, NEW.client_id, NEW.currency, NEW.updated_at);
  RETURN NULL;
END $$;
CREATE TRIGGER "collections_touch_invoice" AFTER INSERT OR UPDATE ON "collections" FOR EACH ROW EXECUTE FUNCTION "touch_invoice_of_debit"();

CREATE FUNCTION "touch_invoice_of_posting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM touch_invoice(NEW.business_id, NEW.invoice_id, NEW.invoice_number, NULL, NEW.currency, NEW.updated_at);
  RETURN NULL;
END $$;
CREATE TRIGGER "postings_touch_invoice" AFTER INSERT OR UPDATE ON "postings" FOR EACH ROW
  WHEN (NEW.invoice_id IS NOT NULL) EXECUTE FUNCTION "touch_invoice_of_posting"();

CREATE FUNCTION "touch_invoice_of_review"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment timestamptz := COALESCE(NEW.resolved_at, NEW.opened_at);
BEGIN
  IF NEW.subject_provider = 'freshbooks' THEN
    PERFORM touch_invoice(NEW.business_id, NEW.subject_id, NULL, NULL, NULL, moment);
  ELSE
    PERFORM touch_invoice(business_id, invoice_id, invoice_number, client_id, currency, moment) FROM collections
      WHERE business_id = NEW.business_id AND payment_id = NEW.subject_id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "reviews_open_invoice" AFTER INSERT ON "reviews" FOR EACH ROW
  WHEN ((NEW.subject_provider = 'freshbooks' AND NEW.subject_type = 'invoice') OR (NEW.subject_provider = 'gocardless' AND NEW.subject_type = 'payment'))
  EXECUTE FUNCTION "touch_invoice_of_review"();
CREATE TRIGGER "reviews_touch_invoice" AFTER UPDATE ON "reviews" FOR EACH ROW
  WHEN (OLD.state <> NEW.state AND ((NEW.subject_provider = 'freshbooks' AND NEW.subject_type = 'invoice') OR (NEW.subject_provider = 'gocardless' AND NEW.subject_type = 'payment')))
  EXECUTE FUNCTION "touch_invoice_of_review"();

CREATE FUNCTION "touch_invoices_of_opt_out"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  said record;
BEGIN
  IF TG_OP = 'DELETE' THEN said := OLD; ELSE said := NEW; END IF;
  -- In one order: two of these at once must not cross.
  PERFORM 1 FROM "invoices" WHERE business_id = said.business_id
    AND CASE said.kind WHEN 'invoice' THEN invoice_id = said.id ELSE client_id = said.id END ORDER BY invoice_id FOR UPDATE;
  UPDATE "invoices" SET touched_at = GREATEST(touched_at, said.at) WHERE business_id = said.business_id
    AND CASE said.kind WHEN 'invoice' THEN invoice_id = said.id ELSE client_id = said.id END;
  RETURN NULL;
END $$;
CREATE TRIGGER "opt_outs_touch_invoices" AFTER INSERT OR DELETE ON "opt_outs" FOR EACH ROW EXECUTE FUNCTION "touch_invoices_of_opt_out"();

-- What was known until now, without amounts: FreshBooks shows them when it is next asked about the invoice.
INSERT INTO "invoices" ("business_id", "invoice_id", "number", "client_id", "currency", "touched_at")
SELECT business_id, invoice_id, max(number), max(client_id), max(currency), max(at) FROM (
  SELECT business_id, invoice_id, invoice_number AS number, client_id, currency, updated_at AS at FROM collections
  UNION ALL
  SELECT business_id, invoice_id, COALESCE(invoice_number, ''), '', currency, updated_at FROM postings WHERE invoice_id IS NOT NULL
  UNION ALL
  SELECT business_id, subject_id, '', '', NULL, COALESCE(resolved_at, opened_at) FROM reviews
    WHERE subject_provider = 'freshbooks' AND subject_type = 'invoice'
  UNION ALL
  SELECT business_id, id, '', '', NULL, at FROM opt_outs WHERE kind = 'invoice'
) AS known GROUP BY business_id, invoice_id;

CREATE INDEX "invoices_newest" ON "invoices" ("business_id", "touched_at" DESC, "invoice_id" DESC);
CREATE INDEX "invoices_unpaid" ON "invoices" ("business_id", "touched_at" DESC, "invoice_id" DESC) WHERE "state" NOT LIKE 'paid%';
CREATE INDEX "invoices_of_client" ON "invoices" ("business_id", "client_id");
CREATE INDEX "invoices_by_number" ON "invoices" ("business_id", "number");

-- Part of a text is found by trigrams; a Postgres without that extension reads the business's invoices instead.
DO $$ BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "invoices_search" ON "invoices" USING gin ("search" gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'no trigram index for the search of invoices (pg_trgm: %); it works without, more slowly', SQLERRM;
END $$;
