-- What people call the invoice of an entry: of one that only PayPal paid nothing else keeps it. Null in rows from before.
ALTER TABLE "postings" ADD COLUMN "invoice_number" TEXT;
