import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { nullable } from '../platform/http/wire.ts'
import { channelOf, type Frame } from './frames.ts'
import { type StatusEvent } from './model.ts'
import { type RealtimeKey } from './tokens.ts'

const optionalText = Type.Optional(nullable(Type.String()))

const Binding = Type.Object({
  event: Type.String(),
  schema: Type.String(),
  table: optionalText,
  filter: optionalText,
})
type Binding = Static<typeof Binding>

/** More than the three kinds of change there are can only be a mistake. */
const mostBindings = 10

const JoinPayload = Compile(
  Type.Object({
    config: Type.Optional(
      Type.Object({ postgres_changes: Type.Optional(Type.Array(Binding, { maxItems: mostBindings })) }),
    ),
    access_token: optionalText,
  }),
)

export interface JoinRequest {
  readonly channel: string
  readonly bindings: readonly Binding[]
  readonly token: string | undefined
}

/** One thing a channel listens to, under the id that its changes are sent with. */
export interface Subscription extends Binding {
  readonly id: number
}

/** Why a join is refused. The word before the colon is what clients know. */
export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}

const refused = (reason: string): Refused => ({ kind: 'refused', reason })

export const invalidToken = 'InvalidJWTToken: the token is no valid realtime token'
export const foreignToken = 'Unauthorized: the token belongs to another payment'

export function readJoin({ topic, payload }: Frame): ({ readonly kind: 'asked' } & JoinRequest) | Refused {
  const channel = channelOf(topic)
  if (channel === undefined) return refused('TopicNameRequired: a topic is "realtime:" and the name of a channel')
  if (!JoinPayload.Check(payload)) return refused('InvalidJoinPayload: the join cannot be read')
  return {
    kind: 'asked',
    channel,
    bindings: payload.config?.postgres_changes ?? [],
    token: payload.access_token ?? undefined,
  }
}

/** A key compared as the API compares it: its letters may be of either case. */
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

export const table = { schema: 'public', name: 'checkout_payment_intent_public_status' } as const

const events = ['*', 'INSERT', 'UPDATE']

function objection({ event, schema, table: of, filter }: Binding, { referenceId }: RealtimeKey): string | undefined {
  if (schema !== table.schema || of !== table.name) return `only ${table.schema}.${table.name} can be followed`
  if (!events.includes(event.toUpperCase())) return `the event is one of ${events.join(', ')}`
  if (!same(filter ?? '', `reference_id=eq.${referenceId}`))
    return 'the filter must be reference_id=eq.(the key of the token)'
  return undefined
}

/** Whether two tokens are for the same payment: only then may one take over from the other. */
export const isSameKey = (one: RealtimeKey, other: RealtimeKey): boolean =>
  one.merchantId === other.merchantId && one.sessionId === other.sessionId && same(one.referenceId, other.referenceId)

const isChannelOf = (channel: string, { sessionId, referenceId }: RealtimeKey): boolean =>
  same(channel, `payment-intent:${sessionId}:${referenceId}`)

/** Whether a key opens the channel and everything that is to be followed on it. All or nothing. */
export function judgeJoin(
  { channel, bindings }: Pick<JoinRequest, 'channel' | 'bindings'>,
  key: RealtimeKey,
): { readonly kind: 'granted'; readonly subscriptions: readonly Subscription[] } | Refused {
  if (!isChannelOf(channel, key)) return refused('Unauthorized: the token is for another channel')
  const [wrong] = bindings.flatMap((binding) => objection(binding, key) ?? [])
  if (wrong !== undefined) return refused(`Unauthorized: ${wrong}`)
  return { kind: 'granted', subscriptions: bindings.map((binding, index) => ({ ...binding, id: index + 1 })) }
}

/** What is answered to a join. Clients compare each entry with what they asked for, in order: it goes back as it came. */
export const writeSubscriptions = (subscriptions: readonly Subscription[]) => ({
  postgres_changes: subscriptions.map(({ id, event, schema, table: of, filter }) => ({
    id,
    event,
    schema,
    ...(of !== undefined && { table: of }),
    ...(filter !== undefined && { filter }),
  })),
})

/** The subscriptions a change is for: clients ask by kind, and apply no filter themselves. */
export const idsFor = (subscriptions: readonly Subscription[], { isFirst }: StatusEvent): number[] =>
  subscriptions
    .filter(({ event }) => event === '*' || event.toUpperCase() === (isFirst ? 'INSERT' : 'UPDATE'))
    .map(({ id }) => id)
