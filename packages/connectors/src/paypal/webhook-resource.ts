import { field, isObject, parseJson } from './json.ts';
import { isPaypalId } from './request.ts';
import { idInLink } from './translate.ts';

/**
 * The id of the object an event is about; '' when it carries none. Disputes have `dispute_id` and no `id` (paypal.md 2.10);
 * invoices come wrapped and unwrapped (2.9).
 */
export function resourceIdOf(type: string, resource: unknown): string {
  const id = type.startsWith('CUSTOMER.DISPUTE.')
    ? field(resource, 'dispute_id')
    : type.startsWith('INVOICING.INVOICE.') && isObject(resource) && 'invoice' in resource
      ? field(resource['invoice'], 'id')
      : field(resource, 'id');
  return isPaypalId(id) ? id : '';
}

/** The capture or sale a refund gave back; null where the event does not say (a reversed sale: paypal.md 2.8). */
export function refundedIdOf(payload: string): string | null {
  const event = parseJson(payload);
  const resource = isObject(event) ? event['resource'] : undefined;
  const named = [field(resource, 'capture_id'), field(resource, 'sale_id')].find(isPaypalId);
  if (named !== undefined) return named;
  const links =
    isObject(resource) && Array.isArray(resource['links']) ? (resource['links'] as unknown[]) : [];
  const readable = links.map((link) => ({ href: field(link, 'href'), rel: field(link, 'rel') }));
  return idInLink(readable, 'up', '/v2/payments/captures/');
}
