-- The safety net under the webhooks: up to where each list of a provider is stored, and what polling knows of a connection.
-- CreateTable
CREATE TABLE "poll_cursors" (
    "connection_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "read_up_to" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "poll_cursors_pkey" PRIMARY KEY ("connection_id","source")
);

-- CreateTable
CREATE TABLE "polled_connections" (
    "connection_id" TEXT NOT NULL,
    "last_run_at" TIMESTAMPTZ(3) NOT NULL,
    "lost" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "polled_connections_pkey" PRIMARY KEY ("connection_id")
);
