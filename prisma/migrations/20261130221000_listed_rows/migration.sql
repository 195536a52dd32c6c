-- What polling knows of rows that share an id, and whose webhooks it still has to ask about. Both start empty: what was listed
-- before is judged anew where a window still shows it.
-- CreateTable
CREATE TABLE "listed_rows" (
    "connection_id" TEXT NOT NULL,
    "transaction_id" TEXT NOT NULL,
    "row_key" TEXT NOT NULL,

    CONSTRAINT "listed_rows_pkey" PRIMARY KEY ("connection_id","transaction_id")
);

-- CreateTable
CREATE TABLE "unasked_losses" (
    "event_id" BIGINT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "lost_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "unasked_losses_pkey" PRIMARY KEY ("event_id")
);

-- CreateIndex
CREATE INDEX "unasked_losses_connection_id_tries_event_id_idx" ON "unasked_losses"("connection_id", "tries", "event_id");
