import { type Static, Type } from 'typebox'
import {
  executionStatuses,
  operationTypes,
  paymentMethods,
  providerNames,
  sessionStatuses,
  sourceKinds,
  sourceStatuses,
  walletStatuses,
} from '../kernel/enums.ts'
import { type Money, moneyToNumber } from '../kernel/money.ts'
import {
  amountOut,
  currencyCode,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  text,
  timestamp,
  writeTime,
} from '../platform/http/wire.ts'
import { formatNumber } from '../sources/index.ts'
import { type Event, eventTypes, executionSubjects, sessionTypes, sourceOf, writeEventId } from './model.ts'

const Fees = model('EventFees', {
  platform: amountOut,
  gateway: amountOut,
  fx: nullable(amountOut),
  currency: currencyCode,
})

const sourceFields = {
  source_type: nullable(oneOf(sourceKinds)),
  source_id: nullable(integerId),
}

const ExecutionEventData = model('ExecutionEventData', {
  object: oneOf(executionSubjects),
  reference_id: text,
  payment_intent_id: integerId,
  session_id: integerId,
  ...sourceFields,
  operation_type: oneOf(operationTypes),
  status: oneOf(executionStatuses),
  requires_action: Type.Boolean(),
  payer_amount: amountOut,
  payer_currency: currencyCode,
  payee_amount: amountOut,
  payee_currency: currencyCode,
  fees: Fees,
  provider: oneOf(providerNames),
  method: oneOf(paymentMethods),
  provider_transaction_id: nullable(text),
  gateway_message: nullable(text),
  wallet_message: nullable(text),
  failure_code: nullable(text),
})

const SourceEventData = model('SourceEventData', {
  object: oneOf(['source']),
  source_type: oneOf(sourceKinds),
  source_id: integerId,
  number: text,
  status: oneOf(sourceStatuses),
  total_amount: amountOut,
  currency: currencyCode,
})

const SessionEventData = model('SessionEventData', {
  object: oneOf(['session']),
  session_id: integerId,
  session_type: oneOf(sessionTypes),
  status: oneOf(sessionStatuses),
  ...sourceFields,
  expires_at: timestamp,
})

const WalletEventData = model('WalletEventData', {
  object: oneOf(['wallet']),
  wallet_id: integerId,
  status: oneOf(walletStatuses),
  currency: currencyCode,
})

const WebhookEndpointEventData = model('WebhookEndpointEventData', {
  object: oneOf(['webhook_endpoint']),
  webhook_endpoint_id: integerId,
  url: text,
  status: oneOf(['ENABLED', 'DISABLED']),
  disabled_reason: nullable(text),
})

export const EventResponse = model('Event', {
  id: Type.String({ description: '`evt_` and a number, the same in this list and in every delivery.' }),
  type: oneOf(eventTypes),
  version: Type.Integer({ description: 'Of the layout of `data`.' }),
  timestamp,
  sequence: Type.Integer({ description: 'Counts the events of this payment, document, session, ... from 1.' }),
  data: Type.Union([ExecutionEventData, SourceEventData, SessionEventData, WalletEventData, WebhookEndpointEventData]),
})

export const EventList = model('EventList', {
  events: Type.Array(EventResponse),
  next_after: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Where to go on: the `after` of the next call. As it was given when there is nothing new.',
  }),
  has_more: Type.Boolean({ description: 'Whether to go on at once.' }),
})

export const EventQuery = Type.Object({
  after: optional(
    Type.String({
      description:
        'The id of the last event you have, or `latest` for the newest there is: what comes after it is answered, oldest first.',
    }),
  ),
  type: optional(oneOf(eventTypes)),
  limit: optional(
    Type.Integer({ minimum: 1, maximum: 100, description: 'How many at most; 50 unless said otherwise.' }),
  ),
})

const writeOptional = (amount: Money | undefined): number | null => (amount ? moneyToNumber(amount) : null)

const writeSource = ({ source }: Event) => ({
  source_type: source?.number.kind ?? null,
  source_id: source ? Number(source.id) : null,
})

function writeData(event: Event): Static<typeof EventResponse>['data'] {
  const { about, subjectId } = event
  switch (about.object) {
    case 'source':
      return {
        object: about.object,
        source_type: sourceOf(event).number.kind,
        source_id: Number(subjectId),
        number: formatNumber(sourceOf(event).number),
        status: about.status,
        total_amount: moneyToNumber(about.total),
        currency: about.total.currency,
      }
    case 'session':
      return {
        object: about.object,
        session_id: Number(subjectId),
        session_type: about.type,
        status: about.status,
        ...writeSource(event),
        expires_at: writeTime(about.expiresAt),
      }
    case 'wallet':
      return { object: about.object, wallet_id: Number(subjectId), status: about.status, currency: about.currency }
    case 'webhook_endpoint':
      return {
        object: about.object,
        webhook_endpoint_id: Number(subjectId),
        url: about.url,
        status: about.status,
        disabled_reason: about.disabledReason ?? null,
      }
    case 'payment':
    case 'payout':
    case 'transfer':
    case 'refund':
      return {
        object: about.object,
        reference_id: about.referenceId,
        payment_intent_id: Number(subjectId),
        session_id: Number(about.sessionId),
        ...writeSource(event),
        operation_type: about.operation,
        status: about.status,
        requires_action: about.requiresAction,
        payer_amount: moneyToNumber(about.payer),
        payer_currency: about.payer.currency,
        payee_amount: moneyToNumber(about.payee),
        payee_currency: about.payee.currency,
        fees: {
          platform: moneyToNumber(about.platformFee),
          gateway: moneyToNumber(about.gatewayFee),
          fx: writeOptional(about.fxFee),
          currency: about.platformFee.currency,
        },
        provider: about.provider,
        method: about.method,
        provider_transaction_id: about.providerTransactionId ?? null,
        gateway_message: about.gatewayMessage ?? null,
        wallet_message: about.walletMessage ?? null,
        failure_code: about.failureCode ?? null,
      }
  }
}

/** An event as everybody is told of it: in the list, and in the body of a delivery. */
export const presentEvent = (event: Event): Static<typeof EventResponse> => ({
  id: writeEventId(event.id),
  type: event.type,
  version: event.version,
  timestamp: writeTime(event.at),
  sequence: event.sequence,
  data: writeData(event),
})
