-- Lists of providers that did not answer when polling last read them; a row goes when its list answers again.
-- CreateTable
CREATE TABLE "failing_lists" (
    "connection_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "failure" TEXT NOT NULL,

    CONSTRAINT "failing_lists_pkey" PRIMARY KEY ("connection_id","source")
);
