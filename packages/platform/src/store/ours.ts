/**
 * SQL that is true when a GoCardless payment is ours: followed as a collection, or booked. Both parts are SQL expressions of
 * the caller's, never values.
 */
export function isOurs({ businessId, paymentId }: { businessId: string; paymentId: string }): string {
  return `(EXISTS (SELECT 1 FROM collections c WHERE c.business_id = ${businessId} AND c.payment_id = ${paymentId})
    OR EXISTS (SELECT 1 FROM postings p WHERE p.business_id = ${businessId} AND p.source_provider = 'gocardless'
      AND p.source_id = ${paymentId}))`;
}
