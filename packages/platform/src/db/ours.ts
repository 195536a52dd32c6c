/**
 * SQL that is true when a GoCardless payment is ours: followed as a collection, booked, or part of the opening balance.
 * Both parts are SQL expressions of the caller's, never values.
 */
export function isOurs({ businessId, paymentId }: { businessId: string; paymentId: string }): string {
  return `(EXISTS (SELECT 1 FROM collections c WHERE c.business_id = ${businessId} AND c.payment_id = ${paymentId})
    OR EXISTS (SELECT 1 FROM postings p WHERE p.business_id = ${businessId} AND p.source_provider = 'gocardless'
      AND p.source_id = ${paymentId})
    OR EXISTS (SELECT 1 FROM ledger_entries l WHERE l.business_id = ${businessId} AND l.source_provider = 'gocardless'
      AND l.source_type = 'payment' AND l.source_id = ${paymentId} AND l.kind = 'opening'))`;
}
