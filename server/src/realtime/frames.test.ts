import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  channelOf,
  close,
  type Frame,
  push,
  readFrame,
  reply,
  type Serializer,
  serializers,
  system,
  writeFrame,
} from './frames.ts'

const topic = 'realtime:payment-intent:55:550e8400-e29b-41d4-a716-446655440000'
const frame: Frame = { joinRef: '6', ref: '7', topic, event: 'phx_leave', payload: {} }

const anyRef = fc.option(fc.string(), { nil: null })
const anyFrame: fc.Arbitrary<Frame> = fc.record({
  joinRef: anyRef,
  ref: anyRef,
  topic: fc.string(),
  event: fc.string(),
  payload: fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue(),
  ),
})

describe.each(serializers)('frames of version %s', (serializer) => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(anyFrame, (sent) => {
        // JSON has no minus zero.
        const plain = JSON.parse(JSON.stringify(sent)) as Frame
        expect(readFrame(serializer, writeFrame(serializer, plain))).toEqual(plain)
      }),
    )
  })

  test('are told from whatever else arrives, without ever failing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readFrame(serializer, text)
        if (read) expect(typeof read.topic).toBe('string')
      }),
    )
  })
})

test('are objects in the first version and arrays in the second', () => {
  expect(JSON.parse(writeFrame('1.0.0', frame))).toEqual({
    topic,
    event: 'phx_leave',
    payload: {},
    ref: '7',
    join_ref: '6',
  })
  expect(JSON.parse(writeFrame('2.0.0', frame))).toEqual(['6', '7', topic, 'phx_leave', {}])
})

test('may go without refs in the first version', () => {
  expect(readFrame('1.0.0', '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}')).toEqual({
    joinRef: null,
    ref: '1',
    topic: 'phoenix',
    event: 'heartbeat',
    payload: {},
  })
})

test.each<[Serializer, string]>([
  ['1.0.0', ''],
  ['1.0.0', '{'],
  ['1.0.0', 'null'],
  ['1.0.0', '[]'],
  ['1.0.0', '["6","7","topic","event",{}]'],
  ['1.0.0', '{"topic":"t","event":"e","payload":null}'],
  ['1.0.0', '{"topic":"t","event":"e","payload":[]}'],
  ['1.0.0', '{"topic":1,"event":"e","payload":{}}'],
  ['1.0.0', '{"topic":"t","event":"e","payload":{},"ref":7}'],
  ['2.0.0', '{"topic":"t","event":"e","payload":{}}'],
  ['2.0.0', '["6","7","topic","event"]'],
  ['2.0.0', '["6","7","topic","event",{},{}]'],
  ['2.0.0', '["6","7","topic","event",null]'],
  ['2.0.0', '[6,7,"topic","event",{}]'],
  ['2.0.0', '["6","7",null,"event",{}]'],
])('in version %s %s is none', (serializer, text) => {
  expect(readFrame(serializer, text)).toBeUndefined()
})

test('an answer carries the refs of what it answers', () => {
  expect(reply(frame, 'ok')).toEqual({ ...frame, event: 'phx_reply', payload: { status: 'ok', response: {} } })
  expect(reply(frame, 'error', { reason: 'no' })).toMatchObject({
    payload: { status: 'error', response: { reason: 'no' } },
  })
})

test('what the server says by itself carries none, but a close those of the join', () => {
  expect(push(topic, 'postgres_changes', { ids: [1] })).toMatchObject({ joinRef: null, ref: null })
  expect(system(topic, { extension: 'system', status: 'error', message: 'over' })).toEqual({
    joinRef: null,
    ref: null,
    topic,
    event: 'system',
    payload: { extension: 'system', status: 'error', message: 'over', channel: topic.replace('realtime:', '') },
  })
  expect(close(topic, '6')).toEqual({ joinRef: '6', ref: '6', topic, event: 'phx_close', payload: {} })
})

test.each([
  ['realtime:room', 'room'],
  ['realtime:realtime:room', 'realtime:room'],
  ['realtime:', undefined],
  ['phoenix', undefined],
  ['', undefined],
  ['room', undefined],
])('the channel of the topic %j is %j', (of, channel) => {
  expect(channelOf(of)).toBe(channel)
})
