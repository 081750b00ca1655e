import { expect, test } from 'vitest'
import { type ExecutionId, type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { type Frame } from './frames.ts'
import { idsFor, isSameKey, judgeJoin, readJoin, writeSubscriptions } from './join.ts'
import { type StatusEvent } from './model.ts'
import { type RealtimeKey } from './tokens.ts'

const referenceId = '550e8400-e29b-41d4-a716-446655440000'
const key: RealtimeKey = { merchantId: '7' as MerchantId, sessionId: '55' as SessionId, kind: 'INVOICE', referenceId }
const channel = `payment-intent:55:${referenceId}`
const binding = {
  event: '*',
  schema: 'public',
  table: 'checkout_payment_intent_public_status',
  filter: `reference_id=eq.${referenceId}`,
}

const aJoin = (payload: Record<string, unknown>, topic = `realtime:${channel}`): Frame => ({
  joinRef: '6',
  ref: '6',
  topic,
  event: 'phx_join',
  payload,
})

test('a join as clients send it is read, whatever else it holds', () => {
  const config = {
    broadcast: { ack: false, self: false },
    presence: { key: '', enabled: false },
    postgres_changes: [{ ...binding, select: ['id'] }],
    postgres_changes_options: { wait: true, timeout: 5 },
    private: false,
  }
  expect(readJoin(aJoin({ config, access_token: 'a.b.c', version: 'realtime-js/2.109.0' }))).toMatchObject({
    kind: 'asked',
    channel,
    bindings: [binding],
    token: 'a.b.c',
  })
})

test('a join may ask for nothing, and show no token', () => {
  const nothing = { kind: 'asked', channel, bindings: [], token: undefined }
  expect(readJoin(aJoin({}))).toEqual(nothing)
  expect(readJoin(aJoin({ config: {}, access_token: null }))).toEqual(nothing)
})

test.each<[string, Frame]>([
  ['TopicNameRequired', aJoin({}, 'realtime:')],
  ['TopicNameRequired', aJoin({}, 'phoenix')],
  ['InvalidJoinPayload', aJoin({ access_token: 5 })],
  ['InvalidJoinPayload', aJoin({ config: [] })],
  ['InvalidJoinPayload', aJoin({ config: { postgres_changes: {} } })],
  ['InvalidJoinPayload', aJoin({ config: { postgres_changes: [null] } })],
  ['InvalidJoinPayload', aJoin({ config: { postgres_changes: [{ ...binding, filter: 5 }] } })],
  ['InvalidJoinPayload', aJoin({ config: { postgres_changes: [{ event: '*' }] } })],
  ['InvalidJoinPayload', aJoin({ config: { postgres_changes: Array.from({ length: 11 }, () => binding) } })],
])('%s is what a join is told that cannot be read (%#)', (word, frame) => {
  expect(readJoin(frame)).toEqual({ kind: 'refused', reason: expect.stringMatching(`^${word}: `) as unknown })
})

test('a key opens its own channel, and each binding on it gets a number of its own', () => {
  const bindings = [binding, { ...binding, event: 'INSERT' }, { ...binding, event: 'UPDATE' }]
  const verdict = judgeJoin({ channel, bindings }, key)
  expect(verdict).toEqual({
    kind: 'granted',
    subscriptions: bindings.map((each, index) => ({ ...each, id: index + 1 })),
  })
})

test('the letters of a key may be of either case', () => {
  const loud = { ...binding, filter: `reference_id=eq.${referenceId.toUpperCase()}` }
  expect(
    judgeJoin({ channel: channel.toUpperCase().replace('PAYMENT-INTENT', 'payment-intent'), bindings: [loud] }, key),
  ).toMatchObject({
    kind: 'granted',
    subscriptions: [loud],
  })
})

test('a channel that asks for no changes may be opened', () => {
  expect(judgeJoin({ channel, bindings: [] }, key)).toEqual({ kind: 'granted', subscriptions: [] })
})

const other = '650e8400-e29b-41d4-a716-446655440000'

test.each([
  `payment-intent:56:${referenceId}`,
  `payment-intent:55:${other}`,
  `payment-intent:055:${referenceId}`,
  `payment-intent:55:${referenceId}:`,
  `payment-intent:55:${referenceId}x`,
  'payment-intent:55',
  'payment-intent',
  `payment-intent:*:${referenceId}`,
  '',
])('the channel %j is another', (wrong) => {
  expect(judgeJoin({ channel: wrong, bindings: [binding] }, key)).toMatchObject({
    kind: 'refused',
    reason: expect.stringMatching(/^Unauthorized: /) as unknown,
  })
})

test.each([
  { schema: '*' },
  { schema: 'private' },
  { table: undefined },
  { table: null },
  { table: '*' },
  { table: 'executions' },
  { event: 'DELETE' },
  { event: '' },
  { filter: undefined },
  { filter: null },
  { filter: '' },
  { filter: `reference_id=eq.${other}` },
  { filter: `reference_id=neq.${referenceId}` },
  { filter: `reference_id=in.(${referenceId})` },
  { filter: `reference_id=like.${referenceId}` },
  { filter: `not.reference_id=eq.${referenceId}` },
  { filter: `reference_id=eq.${referenceId},status=eq.FAILED` },
  { filter: `session_id=eq.55` },
  { filter: ` reference_id=eq.${referenceId}` },
])('a binding with %j spoils the whole join', (difference) => {
  // As it comes off the wire, where a key that is undefined is none.
  const different = JSON.parse(JSON.stringify({ ...binding, ...difference })) as typeof binding
  const bindings = [binding, different]
  expect(judgeJoin({ channel, bindings }, key)).toMatchObject({
    kind: 'refused',
    reason: expect.stringMatching(/^Unauthorized: /) as unknown,
  })
})

test('bindings go back as they came: what was left out is left out', () => {
  expect(writeSubscriptions([{ id: 1, event: 'UPDATE', schema: 'public' }])).toEqual({
    postgres_changes: [{ id: 1, event: 'UPDATE', schema: 'public' }],
  })
  expect(writeSubscriptions([{ id: 2, ...binding }])).toEqual({ postgres_changes: [{ id: 2, ...binding }] })
})

const anEvent = (isFirst: boolean): StatusEvent => ({
  sequence: isFirst ? 1 : 2,
  isFirst,
  executionId: '9' as ExecutionId,
  sessionId: key.sessionId,
  sourceType: 'INVOICE',
  sourceId: '3' as SourceId,
  status: 'PENDING',
  requiresAction: false,
  gatewayMessage: undefined,
  at: new Date(0),
})

test('a change is for those who asked for its kind', () => {
  const subscriptions = ['*', 'INSERT', 'UPDATE', 'insert'].map((event, index) => ({
    ...binding,
    event,
    id: index + 1,
  }))
  expect(idsFor(subscriptions, anEvent(true))).toEqual([1, 2, 4])
  expect(idsFor(subscriptions, anEvent(false))).toEqual([1, 3])
  expect(idsFor([], anEvent(true))).toEqual([])
})

test('tokens are for one payment if merchant, session and key agree', () => {
  expect(isSameKey(key, { ...key, referenceId: referenceId.toUpperCase(), kind: 'ORDER' })).toBe(true)
  expect(isSameKey(key, { ...key, merchantId: '8' as MerchantId })).toBe(false)
  expect(isSameKey(key, { ...key, sessionId: '56' as SessionId })).toBe(false)
  expect(isSameKey(key, { ...key, referenceId: other })).toBe(false)
})
