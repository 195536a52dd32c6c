-- CreateTable
CREATE TABLE "period_reports" (
    "business_id" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "part" INTEGER NOT NULL,
    "content" TEXT NOT NULL,

    CONSTRAINT "period_reports_pkey" PRIMARY KEY ("business_id","month","format","part")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "id" BIGSERIAL NOT NULL,
    "business_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "debit" TEXT NOT NULL,
    "credit" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "date" TEXT NOT NULL,
    "fact_date" TEXT NOT NULL,
    "source_provider" TEXT NOT NULL,
    "source_type" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "invoice_id" TEXT,
    "posting_key" TEXT,
    "payout_id" TEXT,
    "event_id" TEXT,
    "note" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_openings" (
    "business_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "as_of" TEXT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_openings_pkey" PRIMARY KEY ("business_id","provider")
);

-- CreateTable
CREATE TABLE "payouts" (
    "business_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "deducted_fees_minor" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "arrival_date" TEXT,
    "reference" TEXT,
    "payout_type" TEXT NOT NULL,
    "exchange_currency" TEXT,
    "exchange_minor" BIGINT,
    "exchange_rate" TEXT,
    "created_at" TEXT NOT NULL,
    "has_items" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payouts_pkey" PRIMARY KEY ("business_id","id")
);

-- CreateTable
CREATE TABLE "payout_items" (
    "business_id" TEXT NOT NULL,
    "payout_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "amount_tenths" BIGINT NOT NULL,
    "tax_tenths" BIGINT NOT NULL,
    "payment_id" TEXT,
    "refund_id" TEXT,
    "mandate_id" TEXT,

    CONSTRAINT "payout_items_pkey" PRIMARY KEY ("business_id","payout_id","position")
);

-- CreateTable
CREATE TABLE "expected_arrivals" (
    "business_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "payment_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "expected_date" TEXT NOT NULL,
    "actual_date" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "expected_arrivals_pkey" PRIMARY KEY ("business_id","provider","payment_id")
);

-- CreateIndex
CREATE INDEX "ledger_entries_business_id_date_idx" ON "ledger_entries"("business_id", "date");

-- CreateIndex
CREATE INDEX "ledger_entries_business_id_source_provider_source_type_sour_idx" ON "ledger_entries"("business_id", "source_provider", "source_type", "source_id");

-- CreateIndex
CREATE INDEX "ledger_entries_business_id_payout_id_idx" ON "ledger_entries"("business_id", "payout_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entries_business_id_key_key" ON "ledger_entries"("business_id", "key");

-- CreateIndex
CREATE INDEX "payouts_business_id_arrival_date_idx" ON "payouts"("business_id", "arrival_date");

-- CreateIndex
CREATE INDEX "payout_items_business_id_payment_id_idx" ON "payout_items"("business_id", "payment_id");

-- CreateIndex
CREATE INDEX "expected_arrivals_business_id_expected_date_idx" ON "expected_arrivals"("business_id", "expected_date");

-- The ledger is append-only: an entry is taken back by its mirror, never changed. A transfer of nothing is none.
ALTER TABLE "ledger_entries" ADD CONSTRAINT "ledger_amount_positive" CHECK ("amount_minor" > 0),
  ADD CONSTRAINT "ledger_two_accounts" CHECK ("debit" <> "credit");

CREATE FUNCTION "ledger_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger_entries is append-only: % is not allowed', TG_OP;
END
$$;
CREATE TRIGGER "ledger_no_change" BEFORE UPDATE OR DELETE ON "ledger_entries"
  FOR EACH ROW EXECUTE FUNCTION "ledger_is_append_only"();
CREATE TRIGGER "ledger_no_truncate" BEFORE TRUNCATE ON "ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_is_append_only"();
