import { describe, expect, it } from '@jest/globals';
import { complaintIn } from './complaint.ts';

/** One body per error family of freshbooks.md 6, with what has to be read out of it. */
const FAMILIES: [string, unknown, object][] = [
  [
    'A accounting',
    {
      response: {
        errors: [
          { errno: 1012, field: 'userid', message: 'Client not found.', object: 'client', value: '12345' },
        ],
      },
    },
    { message: 'Client not found.', reason: 'errno 1012', errno: 1012, field: 'userid' },
  ],
  [
    'A with one object',
    { response: { errors: { errno: '1003', message: 'Not authorized' } } },
    { message: 'Not authorized', reason: 'errno 1003', errno: 1003 },
  ],
  [
    'A malformed JSON',
    {
      response: {
        errors: [{ errno: 1005, field: null, message: 'Expecting property name', object: null, value: null }],
      },
    },
    { message: 'Expecting property name', reason: 'errno 1005', errno: 1005 },
  ],
  ['A single error', { response: { error: 'broken' } }, { message: 'broken' }],
  [
    'B google.rpc',
    {
      code: 5,
      message: 'Request failed with status_code: 404',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: '1012',
          domain: 'accounting.api.freshbooks.com',
          metadata: { object: 'client', message: 'Client not found.', value: '12345', field: 'userid' },
        },
      ],
    },
    { message: 'Client not found.', reason: 'errno 1012', errno: 1012, field: 'userid' },
  ],
  [
    'B without details',
    { code: 5, message: 'Requested resource could not be found.', details: [] },
    { message: 'Requested resource could not be found.', reason: 'code 5' },
  ],
  [
    'C newest events',
    {
      errno: 422,
      message: 'The request was well-formed but was unable to be followed due to semantic errors.',
      details: ['event: Value error, Unrecognized event.', 'uri: Input should be a valid URL'],
    },
    {
      message:
        'The request was well-formed but was unable to be followed due to semantic errors. event: Value error, Unrecognized event. uri: Input should be a valid URL',
      reason: 'errno 422',
      errno: 422,
      field: 'event',
    },
  ],
  [
    'C without details',
    { errno: 404, message: 'Requested resource could not be found.' },
    { message: 'Requested resource could not be found.', reason: 'errno 404', errno: 404 },
  ],
  [
    'C middle events',
    {
      code: 3,
      message: 'Invalid data in this request.',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [
            { field: 'event', description: 'Unrecognized event.' },
            { field: 'uri', description: 'Not a well-formed URL.' },
          ],
        },
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
      ],
    },
    { message: 'Unrecognized event.', reason: 'code 3', field: 'event' },
  ],
  [
    'D online payments',
    { error_type: 'not_found', message: 'Resource not found' },
    { message: 'Resource not found', reason: 'not_found' },
  ],
  [
    'D with fields',
    { errors: [{ field: 'gateway_name', message: 'unknown' }] },
    { message: 'unknown', field: 'gateway_name' },
  ],
  [
    'E ledger',
    {
      errors: {
        message: 'Request failed with status code 400',
        status: 400,
        details: [{ reason: 'name: This field is required.', metadata: { message: 'x', field: 'name' } }],
      },
    },
    { message: 'name: This field is required.', field: 'name' },
  ],
  [
    'F projects',
    { errno: 2001, error: { title: 'field required' } },
    { message: 'field required', reason: 'errno 2001', errno: 2001 },
  ],
  [
    'F error only',
    { error: 'Requested resource could not be found.' },
    {
      message: 'Requested resource could not be found.',
      reason: 'Requested resource could not be found.',
    },
  ],
  [
    'G auth',
    {
      error: 'unauthenticated',
      error_description: 'This action requires authentication to continue.',
    },
    { message: 'This action requires authentication to continue.', reason: 'unauthenticated' },
  ],
];

describe('complaintIn', () => {
  it.each(FAMILIES)('reads family %s, whatever the status', (_name, body, complaint) => {
    expect(complaintIn(body, 422)).toEqual(complaint);
    expect(complaintIn(body, 200)).toEqual(complaint);
  });

  it('takes a bare message for a complaint only beside an error status', () => {
    const body = { message: 'The server could not verify that you are authorized' };
    expect(complaintIn(body, 401)).toEqual(body);
    expect(complaintIn(body, 200)).toBeNull();
  });

  it('sees errors beside a result', () => {
    const errors = [{ errno: 1003, message: 'Denied' }];
    expect(complaintIn({ response: { result: {}, errors } }, 200)).toMatchObject({ errno: 1003 });
  });

  it.each([
    [{ response: { result: { invoice: {} } } }],
    [{ response: { errors: [] } }],
    [[]],
    [null],
    ['text'],
    [{}],
  ])('finds none in %j', (body) => expect(complaintIn(body, 500)).toBeNull());
});
