-- A client is asked for a mandate once per currency and scheme. A table of its own: processes of the version before go on
-- writing to mandate_requests, by its key, until they end.
-- CreateTable
CREATE TABLE "currency_mandate_requests" (
    "business_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "scheme" TEXT NOT NULL,
    "billing_request_id" TEXT NOT NULL,
    "authorisation_url" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "currency_mandate_requests_pkey" PRIMARY KEY ("business_id","client_id","currency","scheme")
);

-- CreateIndex
CREATE INDEX "currency_mandate_requests_business_id_billing_request_id_idx" ON "currency_mandate_requests"("business_id", "billing_request_id");
