-- When a debit really arrived is read off the payout that holds it; kept here is only what was first foreseen.
ALTER TABLE "expected_arrivals" DROP COLUMN "actual_date";
ALTER TABLE "expected_arrivals" DROP COLUMN "updated_at";
ALTER TABLE "expected_arrivals" ADD COLUMN "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;
