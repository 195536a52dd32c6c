-- How the last verification of a chain went, for whoever asks in whatever process.
CREATE TABLE "audit_verifications" (
    "business_id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ok" BOOLEAN,
    "entries" BIGINT,
    "broken_at" BIGINT,

    CONSTRAINT "audit_verifications_pkey" PRIMARY KEY ("business_id")
);

-- A FreshBooks consent under way: whose it is and how long it counts. Of the state only the SHA-256 is kept, the verifier is in the vault.
CREATE TABLE "oauth_states" (
    "state_hash" TEXT NOT NULL,
    "business_id" TEXT NOT NULL,
    "session_id" TEXT,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_states_pkey" PRIMARY KEY ("state_hash")
);
