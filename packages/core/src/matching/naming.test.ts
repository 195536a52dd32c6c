import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { namingOf, numbersIn, type Naming } from './naming.ts';

describe('whether a text names an invoice number', () => {
  test.each<[text: string, number: string, naming: Naming]>([
    // The number itself.
    ['0000002', '0000002', 'named'],
    [' inv-4401 ', 'INV-4401', 'named'],
    ['JAN', 'jan', 'named'],
    ['2', '2', 'named'],
    // In a sentence, as a whole token.
    ['Invoice 0000002', '0000002', 'named'],
    ['INVOICE #0000002.', '0000002', 'named'],
    ['Invoice no. 0000002, thank you', '0000002', 'named'],
    ['Retainer (0000002)', '0000002', 'named'],
    ['Payment for INV-4401', 'INV-4401', 'named'],
    ['#4401', '4401', 'named'],
    ['INV#4401', '4401', 'named'],
    ['inv 4401', '4401', 'named'],
    ['inv.4401', '4401', 'named'],
    ['Invoice no.4401', '4401', 'named'],
    ['Invoice-4401', '4401', 'named'],
    ['Invoice_0000002', '0000002', 'named'],
    ['Invoice0000002', '0000002', 'named'],
    ['Rechnung Nr. 4401', '4401', 'named'],
    ['Facture n° 4401', '4401', 'named'],
    ['Invoice no. 4401/2', '4401/2', 'named'],
    ['Invoices 0000002 and 0000003', '0000003', 'named'],
    ['Invoices 12, 13 & 14', '14', 'named'],
    ['Invoice\u00a00000002', '0000002', 'named'],
    ['Invoice INV\u20114401', 'INV-4401', 'named'],
    ['Invoice INV 4401', 'INV 4401', 'named'],
    ['invoice  2026 / 17', '2026 / 17', 'named'],
    // Another number that only contains it; leading zeros are part of a number.
    ['10000002', '0000002', 'none'],
    ['00000020', '0000002', 'none'],
    ['Invoice 2', '0000002', 'none'],
    ['Invoice 0000002', '2', 'none'],
    ['INV-44010', 'INV-4401', 'none'],
    ['XINV-4401', 'INV-4401', 'none'],
    // Short numbers are everywhere: they count alone or introduced as an invoice.
    ['Retainer November 2026', '2026', 'none'],
    ['Part 2 of 12', '2', 'none'],
    ['A1 Building works', 'A1', 'none'],
    ['Invoice A1', 'A1', 'named'],
    ['thanks for Jan', 'JAN', 'none'],
    // It is in there, but perhaps as a part of another one: enough to ask, not enough to book.
    ['INV-4401', '4401', 'mentioned'],
    ['Invoice no. 4401/2', '4401', 'mentioned'],
    ['0000002-0000003', '0000002', 'mentioned'],
    ['0000002/0000003', '0000003', 'mentioned'],
    ['WC-0000002', '0000002', 'mentioned'],
    ['#4401', 'INV-4401', 'none'],
    // Nothing.
    ['', '0000002', 'none'],
    ['Invoice 0000002', '', 'none'],
    ['Retainer', '0000002', 'none'],
  ])('"%s" and %s: %s', (text, number, naming) => {
    expect(namingOf(text, number)).toBe(naming);
  });

  test('a number is named by itself and by "Invoice <number>", whatever it looks like', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{1,6}$/);
    const number = fc.tuple(word, fc.constantFrom('-', '/', '.', ''), word).map((parts) => parts.join(''));
    fc.assert(
      fc.property(number, (wanted) => {
        expect(namingOf(wanted, wanted)).toBe('named');
        expect(namingOf(`Invoice ${wanted}`, wanted)).toBe('named');
        expect(namingOf(`1${wanted}`, wanted)).toBe('none');
        expect(namingOf(`${wanted}1`, wanted)).toBe('none');
      }),
    );
  });
});

describe('the numbers a text might name, to be looked for in the books', () => {
  test.each<[string, string[]]>([
    ['0000002', ['0000002']],
    [' INV-4401 ', ['INV-4401']],
    ['Invoice 0000002', ['0000002']],
    ['Invoice no. 4401/2', ['4401/2']],
    ['Invoice-4401', ['Invoice-4401', '4401']],
    ['Invoices 0000002 and 0000003', ['0000002', '0000003']],
    ['Payment for INV-4401, thanks', ['INV-4401']],
    ['2026 / 17', ['2026 / 17']],
    ['Retainer', ['Retainer']],
    ['Invoice JAN', ['JAN']],
    ['Invoice for January', []],
    ['INV 4401', ['INV 4401', '4401']],
    ['', []],
    ['   ', []],
  ])('"%s"', (text, numbers) => {
    expect(numbersIn(text)).toEqual(numbers);
  });

  test('few, however much is written', () => {
    const text = Array.from({ length: 40 }, (_, index) => `INV-${1000 + index}`).join(' ');
    expect(numbersIn(text)).toHaveLength(4);
  });

  test('what names a number of one word leads to it', () => {
    const number = fc.stringMatching(/^[A-Z]{0,3}[0-9]{1,7}$/);
    fc.assert(
      fc.property(number, fc.constantFrom('', 'Invoice ', '#', 'Invoice no. '), (wanted, before) => {
        expect(numbersIn(`${before}${wanted}`)).toContain(wanted);
      }),
    );
  });
});
