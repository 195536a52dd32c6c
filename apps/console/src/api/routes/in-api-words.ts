/** Core speaks of the command line's options. */
export function inApiWords(message: string): string {
  return message.replaceAll('--invoice', 'invoiceId').replaceAll('--customer', 'customerId');
}
