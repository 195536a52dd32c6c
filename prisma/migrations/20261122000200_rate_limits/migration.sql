-- Calls left per connection, shared by all workers. Written on nearly every call and worth nothing after a crash:
-- unlogged, so that a take waits for no disk, and roomy, so that updates stay in place.
CREATE UNLOGGED TABLE "rate_limits" (
    "key" VARCHAR(255) NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 50);
