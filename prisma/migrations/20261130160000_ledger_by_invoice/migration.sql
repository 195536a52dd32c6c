-- Before another debit of an invoice is made, what stands on it is asked for, however old it is.
CREATE INDEX "ledger_entries_business_id_invoice_id_idx" ON "ledger_entries" ("business_id", "invoice_id");
