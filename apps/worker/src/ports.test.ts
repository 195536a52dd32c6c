import { expect, test } from '@jest/globals';
import { freshbooksBooks, gocardlessDebits, gocardlessPayouts, paypalCaptures } from '@mlc/connectors';
import { PORT_CALLS, type Ports } from '@mlc/core';

/** The connectors as they are composed; none of them is called here. */
const CONNECTORS: { readonly [Name in keyof Ports]: () => Ports[Name] } = {
  books: () => freshbooksBooks({} as Parameters<typeof freshbooksBooks>[0]),
  debits: () => gocardlessDebits({ apiUrl: '' } as Parameters<typeof gocardlessDebits>[0]),
  captures: () => paypalCaptures({} as Parameters<typeof paypalCaptures>[0]),
  payouts: () => gocardlessPayouts({ apiUrl: '' } as Parameters<typeof gocardlessPayouts>[0]),
};

test.each(Object.keys(CONNECTORS) as (keyof Ports)[])(
  'every method that %s really has is known to read or to write, and the other way round',
  (name) => {
    const methods = Object.entries(CONNECTORS[name]()).flatMap(([method, member]) =>
      typeof member === 'function' ? [method] : [],
    );
    expect(methods.sort()).toEqual(Object.keys(PORT_CALLS[name]).sort());
  },
);
