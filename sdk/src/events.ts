import {
  type Event,
  type ExecutionEventData,
  type SessionEventData,
  type SourceEventData,
  type WalletEventData,
  type WebhookEndpointEventData,
} from './generated/openapi.ts'

/** What an event is about, by what stands before the dot of its type. */
interface DataBySubject {
  readonly payment: ExecutionEventData
  readonly payout: ExecutionEventData
  readonly transfer: ExecutionEventData
  readonly refund: ExecutionEventData
  readonly source: SourceEventData
  readonly session: SessionEventData
  readonly wallet: WalletEventData
  readonly webhook_endpoint: WebhookEndpointEventData
}

/** Sent to one endpoint when somebody asks for it, and in no feed. */
type TestType = 'webhook_endpoint.test'
type TestData = Pick<WebhookEndpointEventData, 'object' | 'webhook_endpoint_id' | 'url'>

export type EventType = Event['type'] | TestType

type SubjectOf<Type extends string> = Type extends `${infer Subject}.${string}` ? Subject : never

type DataOf<Type extends EventType> = Type extends TestType
  ? TestData
  : SubjectOf<Type> extends infer Subject extends keyof DataBySubject
    ? DataBySubject[Subject]
    : never

type EventOf<Type extends EventType> = Omit<Event, 'type' | 'data'> & {
  readonly type: Type
  readonly data: DataOf<Type>
}

/**
 * Something that happened, as the feed tells it and webhooks bring it. `data` is how its object stood right then: an
 * execution for `payment.*`, `payout.*`, `transfer.*` and `refund.*`; a document for `source.*`. Of another `type` than
 * these is what a newer server tells: leave it alone.
 */
export type DollrEvent<Type extends EventType = EventType> = Type extends EventType ? EventOf<Type> : never
