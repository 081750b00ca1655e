import { type Static, Type } from 'typebox'
import {
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  text,
  timestamp,
  webAddress,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { pageQueryOf } from '../platform/http/paging.ts'
import { type EventId, writeEventId } from '../events/index.ts'
import {
  type Attempt,
  attemptErrors,
  type Delivery,
  deliveryStatuses,
  type Endpoint,
  endpointStatuses,
  eventFilters,
} from './model.ts'
import { type EndpointWithSecret } from './service.ts'

const events = Type.Array(oneOf(eventFilters), {
  minItems: 1,
  maxItems: eventFilters.length,
  description: 'Types of events; `payment.*` for all of a kind, `*` for all.',
})

const description = Type.String({ maxLength: 500, description: 'For people.' })

export const CreateWebhookEndpointPayload = model('CreateWebhookEndpointPayload', {
  url: webAddress,
  events: optional(events),
  description: optional(description),
})

export const UpdateWebhookEndpointPayload = model('UpdateWebhookEndpointPayload', {
  url: optional(webAddress),
  events: optional(events),
  description: optional(description),
  status: optional(oneOf(endpointStatuses)),
})

export const RotateWebhookSecretPayload = model('RotateWebhookSecretPayload', {
  overlap_hours: optional(
    Type.Integer({
      minimum: 0,
      maximum: 168,
      description: 'For how long the former secret signs, too; 24 unless said otherwise.',
    }),
  ),
})

export const RedeliverWebhooksPayload = model('RedeliverWebhooksPayload', {
  event_id: optional(Type.String({ description: 'One event, whether the endpoint asks for its kind or not.' })),
  after: optional(Type.String({ description: 'Or: every event after this one that the endpoint asks for, ...' })),
  until: optional(Type.String({ description: '... up to and with this one. The newest unless said otherwise.' })),
})

const endpointFields = {
  id: integerId,
  url: text,
  events: Type.Array(text),
  description: nullable(text),
  status: oneOf(endpointStatuses),
  disabled_reason: nullable(text),
  created_at: timestamp,
  updated_at: timestamp,
}

export const WebhookEndpointResponse = model('WebhookEndpointResponse', endpointFields)

export const WebhookEndpointWithSecretResponse = model('WebhookEndpointWithSecretResponse', {
  ...endpointFields,
  secret: Type.String({ description: 'What deliveries are signed with: `whsec_` and base64. Shown this once.' }),
})

const attemptFields = {
  at: timestamp,
  status: nullable(Type.Integer({ description: 'The HTTP status; null when no answer came.' })),
  duration_ms: Type.Integer(),
  error: nullable(oneOf(attemptErrors)),
  answer: nullable(Type.String({ description: 'How the answer begins: 1 KiB at most.' })),
}

const WebhookAttemptModel = model('WebhookAttempt', attemptFields)

export const TestWebhookResponse = model('TestWebhookResponse', {
  received: Type.Boolean({ description: 'Whether the answer was a 2xx.' }),
  ...attemptFields,
})

export const WebhookDeliveryResponse = model('WebhookDeliveryResponse', {
  id: integerId,
  event_id: text,
  event_type: text,
  status: oneOf(deliveryStatuses),
  next_attempt_at: nullable(timestamp),
  delivered_at: nullable(timestamp),
  created_at: timestamp,
  attempts: Type.Array(WebhookAttemptModel, { description: 'The latest 20, oldest first.' }),
})

export const RedeliverWebhooksResponse = model('RedeliverWebhooksResponse', {
  deliveries: Type.Integer({ description: 'How many events are sent once more.' }),
  next_after: nullable(
    Type.String({ description: 'Where a range that was too long was cut off: the `after` of the next call.' }),
  ),
})

/** Each with its attempts, and what was answered to them. */
export const mostDeliveries = 100

export const WebhookDeliveryQuery = Type.Object({
  event_id: optional(text),
  status: optional(oneOf(deliveryStatuses)),
  ...pageQueryOf(mostDeliveries),
})

export const writeEndpoint = (endpoint: Endpoint): Static<typeof WebhookEndpointResponse> => ({
  id: Number(endpoint.id),
  url: endpoint.url,
  events: [...endpoint.events],
  description: endpoint.description ?? null,
  status: endpoint.status,
  disabled_reason: endpoint.disabledReason ?? null,
  created_at: writeTime(endpoint.createdAt),
  updated_at: writeTime(endpoint.updatedAt),
})

export const writeEndpointWithSecret = ({
  endpoint,
  secret,
}: EndpointWithSecret): Static<typeof WebhookEndpointWithSecretResponse> => ({ ...writeEndpoint(endpoint), secret })

const writeAttempt = (attempt: Attempt): Static<typeof WebhookAttemptModel> => ({
  at: writeTime(attempt.at),
  status: attempt.status ?? null,
  duration_ms: attempt.durationMs,
  error: attempt.error ?? null,
  answer: attempt.answer ?? null,
})

export const writeTest = (attempt: Attempt): Static<typeof TestWebhookResponse> => ({
  received: attempt.error === undefined,
  ...writeAttempt(attempt),
})

export const writeDelivery = (delivery: Delivery): Static<typeof WebhookDeliveryResponse> => ({
  id: Number(delivery.id),
  event_id: writeEventId(delivery.eventId),
  event_type: delivery.eventType,
  status: delivery.status,
  next_attempt_at: writeOptionalTime(delivery.nextAttemptAt),
  delivered_at: writeOptionalTime(delivery.deliveredAt),
  created_at: writeTime(delivery.createdAt),
  attempts: delivery.attempts.map(writeAttempt),
})

export const writeRedelivery = ({
  count,
  last,
}: {
  readonly count: number
  readonly last: EventId | undefined
}): Static<typeof RedeliverWebhooksResponse> => ({ deliveries: count, next_after: last ? writeEventId(last) : null })
