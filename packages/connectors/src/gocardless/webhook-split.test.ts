import { describe, expect, test } from '@jest/globals';
import { fc } from '@mlc/testkit/property';
import { splitDelivery } from './webhook-split.ts';

const META = ',"meta":{"webhook_id":"WB123"}';

function split(body: string) {
  return splitDelivery(Buffer.from(body));
}

function withoutPayloads(body: string): unknown {
  const result = split(body);
  if (result.kind === 'unreadable') return result;
  return result.events.map(({ type, externalEventId, resourceId, payload }) => {
    const content: unknown = type === 'unreadable' ? payload : JSON.parse(payload);
    return { type, externalEventId, resourceId, content };
  });
}

describe('a delivery of one event', () => {
  test.each(['', META])('keeps the text of its event as received, %p behind it', (meta) => {
    const text =
      '{ "id":"EV1","resource_type":"payments","action":"paid_out","links":{"payment":"PM1"},"n":1.50 }';
    expect(split(`{"events":[${text}]${meta}}`)).toEqual({
      kind: 'events',
      events: [{ type: 'payments.paid_out', externalEventId: 'EV1', resourceId: 'PM1', payload: text }],
    });
  });

  test.each([
    `{"events":[{"id":"EV1"}],"x":[{"id":"EV2"}]${META}}`,
    `{"events":[{"id":"EV1"}],"events":[{"id":"EV2"}]}`,
    `{"events":[{"id":"EV1"]${META}}`,
    `{"events":[{"id":"EV1",}]${META}}`,
  ])('%s is read as JSON reads it', (body) => {
    expect(withoutPayloads(body)).toEqual(withoutPayloads(body.replace('[', ' [')));
  });

  test('one, two or more elements of any kind are read as with another spelling of the body', () => {
    const event = fc.record({
      id: fc.constantFrom('EV1', 'EV2', '', '],"meta":{"webhook_id":"WB1"}}'),
      resource_type: fc.constantFrom('payments', 'exports'),
      action: fc.constantFrom('paid', '}],[{'),
      links: fc.oneof(fc.constant({ payment: 'PM1' }), fc.jsonValue()),
      metadata: fc.jsonValue(),
    });
    const elements = fc.array(fc.oneof(event, fc.jsonValue()), { maxLength: 4 });
    fc.assert(
      fc.property(elements, fc.constantFrom('', META), (list, meta) => {
        const text = JSON.stringify(list);
        expect(withoutPayloads(`{"events":${text}${meta}}`)).toEqual(
          withoutPayloads(`{"events": ${text}${meta}}`),
        );
      }),
    );
  });
});
