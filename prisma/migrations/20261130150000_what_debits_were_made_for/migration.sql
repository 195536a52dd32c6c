-- What a debit was made for, besides its amount and client: the due date its charge date was chosen by, and whose money it
-- becomes. Null: not known, as in rows from before; then nothing of it speaks against the debit.
ALTER TABLE "collections" ADD COLUMN "wanted_date" TEXT,
ADD COLUMN "creditor_id" TEXT;
