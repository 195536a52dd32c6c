/** Words that more than one page uses. What only one page says stands beside it. */
export const en = {
  loading: 'Loading',
  retry: 'Try again',
  copied: 'copied',
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  filter: 'Filter',
  clearFilters: 'Clear filters',
  messages: 'Messages',
  closeMessage: 'Close message',
  pages: 'Pages of this list',
  newest: 'Newest',
  newer: 'Newer',
  older: 'Older',
  select: 'Select',
  selectAll: 'Select all on this page',
  copy: (what: string) => `Copy ${what}`,
  stale: (time: string) => `As of ${time}: the console does not answer now.`,
  needsRole: (role: string) => `This needs the role ${role}. Ask an admin.`,
  failed: {
    title: 'This cannot be shown',
    detail: 'Something went wrong in the console itself.',
    askAdmin: 'An admin can give you the role.',
    correlation: 'Correlation id',
  },
} as const;

const plural = new Intl.PluralRules('en');

/** A count with its noun: 1 review, 4 reviews. */
export function counted(count: number, singular: string, many = `${singular}s`): string {
  const number = new Intl.NumberFormat(undefined).format(count);
  return `${number} ${plural.select(count) === 'one' ? singular : many}`;
}

/** A name of the code as words: not_collected is not collected. */
export function words(name: string): string {
  return name.replaceAll(/[-_]/g, ' ');
}

/** Its first letter large. */
export function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

const PROVIDERS: Readonly<Record<string, string>> = {
  freshbooks: 'FreshBooks',
  gocardless: 'GoCardless',
  paypal: 'PayPal',
  mlc: 'ml-connector',
};

/** A provider as it writes itself. */
export function providerName(provider: string): string {
  return PROVIDERS[provider] ?? provider;
}
