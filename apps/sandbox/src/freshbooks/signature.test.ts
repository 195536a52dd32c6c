import { describe, expect, it } from '@jest/globals';
import { signFields } from './signature.ts';

const VERIFIER = 'scADVVi5QuKuj5qTjVkbJNYQe7V7USpGd';

describe('callback signature', () => {
  it.each([
    [
      'name=invoice.create&object_id=1234567&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
      '/S03vyYmI7CekM4YXBHUhs9o5rnMtqGLrW3aA8S9gPc=',
    ],
    [
      'name=client.update&object_id=921895&user_id=1&identity_id=14051539&business_id=14393743&account_id=p7rQW5',
      'iJZOXmjrd3oWVqpjPSOD3T4h++SND5zKcEcZTK3y6g0=',
    ],
    [
      `name=callback.verify&object_id=2001&account_id=6BApk&user_id=1&verifier=${VERIFIER}`,
      'n0z402wuQRTOtgf+Dd1EbflqlbPN1QErJT5CthsdMdY=',
    ],
    [
      'name=payment.create&object_id=235435&account_id=6BApk&business_id=6543&identity_id=1234&user_id=1',
      'xukU1zK+q+HNFSwXQQCkE3cFkntW+TD5lnqNfgfndDY=',
    ],
    [
      'name=invoice.update&object_id=7&note=a%3Ab%2C+c%2Fd+%22q%22+%5C+%C3%A9+%E2%82%AC%F0%9F%98%80+%3C%26%3E',
      'zVAdCsIwbdCC8rh6A1Z/GEATanRDsQKWQ3rjqEN6ADc=',
    ],
    ['name=x&c=%7F%0A%09%08%0C%0D%01', 'xsoifE8kcD2rfDXMDTnP+/HeD/O3Ch/6Xgy43Rnpe8o='],
  ])('signs %s as freshbooks.md 5.5 has it', (body, signature) => {
    expect(signFields([...new URLSearchParams(body)], VERIFIER)).toBe(signature);
  });
});
