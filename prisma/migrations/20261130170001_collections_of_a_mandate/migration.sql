-- A mandate that ends is looked at with the debits that wait on it.
CREATE INDEX "collections_business_id_mandate_id_idx" ON "collections"("business_id", "mandate_id");
