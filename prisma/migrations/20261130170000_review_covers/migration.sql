-- What an answer to a question covers: the stage of a dispute, the debit that ended. Null: its kind, subject and amount.
ALTER TABLE "reviews" ADD COLUMN "covers" TEXT;
