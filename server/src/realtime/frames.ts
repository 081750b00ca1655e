import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/** The two spellings of a frame that clients ask for by `vsn`. */
export const serializers = ['1.0.0', '2.0.0'] as const
export type Serializer = (typeof serializers)[number]

/** One message in either direction, however it is spelled. */
export interface Frame {
  /** The ref of the join of the channel it belongs to; null for what the server sends by itself. */
  readonly joinRef: string | null
  readonly ref: string | null
  readonly topic: string
  readonly event: string
  readonly payload: Readonly<Record<string, unknown>>
}

const ref = Type.Union([Type.String(), Type.Null()])
const payload = Type.Record(Type.String(), Type.Unknown())

const ObjectFrame = Compile(
  Type.Object({
    topic: Type.String(),
    event: Type.String(),
    payload,
    ref: Type.Optional(ref),
    join_ref: Type.Optional(ref),
  }),
)

const ArrayFrame = Compile(Type.Tuple([ref, ref, Type.String(), Type.String(), payload]))

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Undefined for what is no frame. */
export function readFrame(serializer: Serializer, text: string): Frame | undefined {
  const sent = parse(text)
  if (serializer === '1.0.0') {
    if (!ObjectFrame.Check(sent)) return undefined
    return {
      joinRef: sent.join_ref ?? null,
      ref: sent.ref ?? null,
      topic: sent.topic,
      event: sent.event,
      payload: sent.payload,
    }
  }
  if (!ArrayFrame.Check(sent)) return undefined
  const [joinRef, ownRef, topic, event, body] = sent
  return { joinRef, ref: ownRef, topic, event, payload: body }
}

export const writeFrame = (serializer: Serializer, frame: Frame): string =>
  JSON.stringify(
    serializer === '1.0.0'
      ? { topic: frame.topic, event: frame.event, payload: frame.payload, ref: frame.ref, join_ref: frame.joinRef }
      : [frame.joinRef, frame.ref, frame.topic, frame.event, frame.payload],
  )

/** The answer to a frame: clients match it by both refs. */
export const reply = (
  { joinRef, ref, topic }: Frame,
  status: 'ok' | 'error',
  response: Frame['payload'] = {},
): Frame => ({
  joinRef,
  ref,
  topic,
  event: 'phx_reply',
  payload: { status, response },
})

/** Something the server says by itself. With a join ref of its own a client would take it for an older channel's. */
export const push = (topic: string, event: string, body: Frame['payload']): Frame => ({
  joinRef: null,
  ref: null,
  topic,
  event,
  payload: body,
})

/** Ends one channel for good: the client does not join it again by itself. */
export const close = (topic: string, joinRef: string | null): Frame => ({
  joinRef,
  ref: joinRef,
  topic,
  event: 'phx_close',
  payload: {},
})

const topicPrefix = 'realtime:'

/** The name an application gave its channel, or undefined for a topic that is none. */
export const channelOf = (topic: string): string | undefined =>
  topic.startsWith(topicPrefix) && topic.length > topicPrefix.length ? topic.slice(topicPrefix.length) : undefined

/** News of a channel itself, for those who listen to `system`. */
export const system = (
  topic: string,
  its: { readonly extension: 'system' | 'postgres_changes'; readonly status: 'ok' | 'error'; readonly message: string },
): Frame => push(topic, 'system', { ...its, channel: channelOf(topic) ?? topic })
