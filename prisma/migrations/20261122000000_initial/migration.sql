-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "businesses" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "display_name" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "notify_emails" TEXT[],
    "policy" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "businesses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "connections" (
    "id" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "settings" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "applied_hash" TEXT,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "secrets" (
    "connection_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "ciphertext" BYTEA NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "secrets_pkey" PRIMARY KEY ("connection_id","name")
);

-- CreateTable
CREATE TABLE "callbacks" (
    "connection_id" TEXT NOT NULL,
    "callback_id" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "callbacks_pkey" PRIMARY KEY ("connection_id","callback_id")
);

-- CreateTable
CREATE TABLE "inbound_events" (
    "id" BIGSERIAL NOT NULL,
    "business_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "external_event_id" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "payload" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "correlation_id" TEXT NOT NULL,
    "flow" TEXT,
    "state" TEXT NOT NULL DEFAULT 'stored',
    "run" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "queued_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "waiting_for" TEXT,
    "parked_since" TIMESTAMPTZ(3),
    "recheck_at" TIMESTAMPTZ(3),

    CONSTRAINT "inbound_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_receipts" (
    "id" BIGSERIAL NOT NULL,
    "business_id" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_receipts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "collections" (
    "id" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "invoice_number" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "origin" TEXT NOT NULL,
    "payment_id" TEXT,
    "mandate_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "charge_date" TEXT,
    "state" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "schedule_id" TEXT,
    "will_attempt_retry" BOOLEAN NOT NULL DEFAULT false,
    "called_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "collections_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "postings" (
    "key" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "invoice_id" TEXT,
    "source_provider" TEXT NOT NULL,
    "source_id" TEXT NOT NULL,
    "cycle" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "date" TEXT NOT NULL,
    "note" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'intent',
    "external_id" TEXT,
    "reverses_key" TEXT,
    "called_at" TIMESTAMPTZ(3),
    "recheck_at" TIMESTAMPTZ(3),
    "event_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "postings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "reviews" (
    "id" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "subject_provider" TEXT NOT NULL,
    "subject_type" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "amount_minor" BIGINT,
    "currency" TEXT,
    "reasons" TEXT[],
    "candidates" JSONB NOT NULL,
    "event_id" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "action" TEXT,
    "note" TEXT,
    "resolved_by" TEXT,
    "chosen_invoice_id" TEXT,
    "chosen_customer_id" TEXT,
    "mailed_at" TIMESTAMPTZ(3),

    CONSTRAINT "reviews_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letters" (
    "id" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "flow" TEXT NOT NULL,
    "failure_kind" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL,
    "died_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "replayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "business_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "correlation_id" TEXT,
    "details" JSONB NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("business_id","seq")
);

-- CreateTable
CREATE TABLE "audit_heads" (
    "business_id" TEXT NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "audit_heads_pkey" PRIMARY KEY ("business_id")
);

-- CreateTable
CREATE TABLE "mirrored_customers" (
    "business_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "email" TEXT,
    "email_lower" TEXT,
    "client_id" TEXT,
    "name" TEXT NOT NULL,
    "metadata" JSONB NOT NULL,
    "created_at" TEXT NOT NULL,

    CONSTRAINT "mirrored_customers_pkey" PRIMARY KEY ("business_id","id")
);

-- CreateTable
CREATE TABLE "mirrored_mandates" (
    "business_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "data" JSONB NOT NULL,

    CONSTRAINT "mirrored_mandates_pkey" PRIMARY KEY ("business_id","id")
);

-- CreateTable
CREATE TABLE "mirror_progress" (
    "business_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "full_at" TIMESTAMPTZ(3) NOT NULL,
    "newest_created_at" TEXT NOT NULL,

    CONSTRAINT "mirror_progress_pkey" PRIMARY KEY ("business_id","resource")
);

-- CreateTable
CREATE TABLE "client_links" (
    "business_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "customer_id" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "client_links_pkey" PRIMARY KEY ("business_id","client_id")
);

-- CreateTable
CREATE TABLE "opt_outs" (
    "business_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "opt_outs_pkey" PRIMARY KEY ("business_id","kind","id")
);

-- CreateTable
CREATE TABLE "mandate_requests" (
    "business_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "billing_request_id" TEXT NOT NULL,
    "authorisation_url" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mandate_requests_pkey" PRIMARY KEY ("business_id","client_id")
);

-- CreateTable
CREATE TABLE "closed_periods" (
    "business_id" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "closed_by" TEXT NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "closed_periods_pkey" PRIMARY KEY ("business_id","month")
);

-- CreateTable
CREATE TABLE "token_refreshes" (
    "connection_id" TEXT NOT NULL,
    "refresh_token_hash" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "token_refreshes_pkey" PRIMARY KEY ("connection_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "businesses_slug_key" ON "businesses"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "connections_business_id_provider_key" ON "connections"("business_id", "provider");

-- CreateIndex
CREATE UNIQUE INDEX "inbound_events_connection_id_external_event_id_key" ON "inbound_events"("connection_id", "external_event_id");

-- CreateIndex
CREATE INDEX "webhook_receipts_business_id_id_idx" ON "webhook_receipts"("business_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "collections_idempotency_key_key" ON "collections"("idempotency_key");

-- CreateIndex
CREATE INDEX "collections_business_id_client_id_idx" ON "collections"("business_id", "client_id");

-- CreateIndex
CREATE INDEX "collections_business_id_schedule_id_idx" ON "collections"("business_id", "schedule_id");

-- CreateIndex
CREATE UNIQUE INDEX "collections_business_id_invoice_id_attempt_key" ON "collections"("business_id", "invoice_id", "attempt");

-- CreateIndex
CREATE UNIQUE INDEX "collections_business_id_payment_id_key" ON "collections"("business_id", "payment_id");

-- CreateIndex
CREATE INDEX "postings_business_id_source_provider_source_id_idx" ON "postings"("business_id", "source_provider", "source_id");

-- CreateIndex
CREATE INDEX "postings_business_id_invoice_id_idx" ON "postings"("business_id", "invoice_id");

-- CreateIndex
CREATE INDEX "reviews_business_id_state_idx" ON "reviews"("business_id", "state");

-- CreateIndex
CREATE INDEX "dead_letters_business_id_replayed_at_idx" ON "dead_letters"("business_id", "replayed_at");

-- CreateIndex
CREATE INDEX "mirrored_customers_business_id_email_lower_idx" ON "mirrored_customers"("business_id", "email_lower");

-- CreateIndex
CREATE INDEX "mirrored_customers_business_id_client_id_idx" ON "mirrored_customers"("business_id", "client_id");

-- CreateIndex
CREATE INDEX "mirrored_mandates_business_id_customer_id_idx" ON "mirrored_mandates"("business_id", "customer_id");

-- CreateIndex
CREATE INDEX "client_links_business_id_customer_id_idx" ON "client_links"("business_id", "customer_id");

-- CreateIndex
CREATE INDEX "mandate_requests_business_id_billing_request_id_idx" ON "mandate_requests"("business_id", "billing_request_id");
