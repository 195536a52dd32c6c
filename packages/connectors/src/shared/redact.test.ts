import { describe, expect, it } from '@jest/globals';
import { MAX_KEPT_CHARS, redactBody } from './redact.ts';

describe('redactBody', () => {
  it('hides secrets by member name at any depth and keeps currency codes', () => {
    const body = JSON.stringify({
      client_secret: 's3cret',
      nested: [{ refresh_token: 'abc', amount: { amount: '1.00', code: 'GBP' } }],
      api_token: null,
    });
    expect(JSON.parse(redactBody(body))).toEqual({
      client_secret: '[hidden]',
      nested: [{ refresh_token: '[hidden]', amount: { amount: '1.00', code: 'GBP' } }],
      api_token: null,
    });
  });

  it('hides them in form bodies and in broken JSON', () => {
    expect(redactBody('name=callback.verify&verifier=abcdef&object_id=1')).toBe(
      'name=callback.verify&verifier=[hidden]&object_id=1',
    );
    expect(redactBody('{"access_token":"abc","x":1')).toBe('{"access_token":"[hidden]","x":1');
  });

  it('hides bearer headers, web tokens and the values it is told', () => {
    expect(redactBody('<p>Bearer abc.def eyJhbGciOiJI.eyJzdWI.sig known!</p>', ['known!', ''])).toBe(
      '<p>[hidden] [hidden] [hidden]</p>',
    );
  });

  it('cuts after hiding', () => {
    const cut = redactBody('x'.repeat(MAX_KEPT_CHARS * 2));
    expect(cut).toHaveLength(MAX_KEPT_CHARS + '… (cut)'.length);
  });
});
