import { type Static } from 'typebox'
import { sessionStatuses, sourceTypes } from '../kernel/enums.ts'
import {
  type CounterpartyId,
  type ExecutionId,
  type PaymentAccountId,
  readId,
  type SourceId,
  type WalletId,
} from '../kernel/ids.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { type Http } from '../platform/http/server.ts'
import {
  amount,
  amountIn,
  amountOut,
  currencyCode,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  readRequiredTime,
  text,
  timestamp,
  writeTime,
} from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { requireKind } from '../sources/index.ts'
import {
  type CheckoutSession,
  type PayoutSession,
  type RefundSession,
  type Session,
  type TransferSession,
} from './model.ts'
import { type Sessions } from './service.ts'

const CreateCheckoutSessionPayload = model('CreateCheckoutSessionPayload', {
  source_id: integerId,
  source_type: oneOf(sourceTypes),
})

const CreatePayoutSessionPayload = model('CreatePayoutSessionPayload', {
  payout_account_id: integerId,
  amount: amountIn('currency'),
  currency: currencyCode,
})

const CreateTransferSessionPayload = model('CreateTransferSessionPayload', {
  from_wallet_id: integerId,
  to_counterparty_id: integerId,
  amount: amountIn('currency'),
  currency: currencyCode,
  expires_at: timestamp,
})

const CreateRefundSessionPayload = model('CreateRefundSessionPayload', {
  original_payment_intent_id: integerId,
  amount,
  expires_at: timestamp,
  reason: optional(text),
})

const lifetime = {
  status: oneOf(sessionStatuses),
  expires_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
}

const CheckoutSessionResponse = model('CheckoutSessionResponse', {
  id: integerId,
  source_id: integerId,
  source_type: oneOf(sourceTypes),
  ...lifetime,
  payment_account_id: nullable(integerId),
})

const PayoutSessionResponse = model('PayoutSessionResponse', {
  id: integerId,
  wallet_id: integerId,
  payout_account_id: integerId,
  amount: amountOut,
  currency: currencyCode,
  ...lifetime,
})

const TransferSessionResponse = model('TransferSessionResponse', {
  id: integerId,
  from_wallet_id: integerId,
  to_counterparty_id: integerId,
  amount: amountOut,
  currency: currencyCode,
  ...lifetime,
})

const RefundSessionResponse = model('RefundSessionResponse', {
  id: integerId,
  original_payment_intent_id: integerId,
  amount: amountOut,
  currency: currencyCode,
  reason: nullable(text),
  ...lifetime,
})

/** A session as its creation leaves it. */
const writeLifetime = ({ expiresAt, createdAt }: Session) => ({
  status: 'ACTIVE' as const,
  expires_at: writeTime(expiresAt),
  created_at: writeTime(createdAt),
  updated_at: writeTime(createdAt),
})

const writeAmount = ({ amount: value }: PayoutSession | TransferSession | RefundSession) => ({
  amount: moneyToNumber(value),
  currency: value.currency,
})

const writeCheckoutSession = (session: CheckoutSession): Static<typeof CheckoutSessionResponse> => ({
  id: Number(session.id),
  source_id: Number(session.sourceId),
  source_type: session.kind,
  ...writeLifetime(session),
  payment_account_id: null,
})

const writePayoutSession = (session: PayoutSession): Static<typeof PayoutSessionResponse> => ({
  id: Number(session.id),
  wallet_id: Number(session.walletId),
  payout_account_id: Number(session.payoutAccountId),
  ...writeAmount(session),
  ...writeLifetime(session),
})

const writeTransferSession = (session: TransferSession): Static<typeof TransferSessionResponse> => ({
  id: Number(session.id),
  from_wallet_id: Number(session.walletId),
  to_counterparty_id: Number(session.counterpartyId),
  ...writeAmount(session),
  ...writeLifetime(session),
})

const writeRefundSession = (session: RefundSession): Static<typeof RefundSessionResponse> => ({
  id: Number(session.id),
  original_payment_intent_id: Number(session.refunds),
  ...writeAmount(session),
  reason: session.reason ?? null,
  ...writeLifetime(session),
})

export function sessionRoutes(http: Http, sessions: Sessions): void {
  http.post(
    '/sessions/checkout',
    {
      schema: {
        operationId: 'create_checkout_session',
        body: CreateCheckoutSessionPayload,
        response: { 200: CheckoutSessionResponse },
      },
    },
    async (request) => {
      const kind = requireKind(request.body.source_type)
      const sourceId = readId<SourceId>(request.body.source_id)
      return writeCheckoutSession(await sessions.openCheckout(merchantOf(request).id, kind, sourceId))
    },
  )

  http.post(
    '/sessions/payout',
    {
      schema: {
        operationId: 'create_payout_session',
        body: CreatePayoutSessionPayload,
        response: { 200: PayoutSessionResponse },
      },
    },
    async (request) => {
      const { payout_account_id: accountId, ...asked } = request.body
      const payoutAccountId = readId<PaymentAccountId>(accountId)
      return writePayoutSession(await sessions.openPayout(merchantOf(request).id, { ...asked, payoutAccountId }))
    },
  )

  http.post(
    '/sessions/transfer',
    {
      schema: {
        operationId: 'create_transfer_session',
        body: CreateTransferSessionPayload,
        response: { 200: TransferSessionResponse },
      },
    },
    async (request) => {
      const { body } = request
      return writeTransferSession(
        await sessions.openTransfer(merchantOf(request).id, {
          walletId: readId<WalletId>(body.from_wallet_id),
          counterpartyId: readId<CounterpartyId>(body.to_counterparty_id),
          amount: body.amount,
          currency: body.currency,
          expiresAt: readRequiredTime(body.expires_at),
        }),
      )
    },
  )

  http.post(
    '/sessions/refund',
    {
      schema: {
        operationId: 'create_refund_session',
        body: CreateRefundSessionPayload,
        response: { 200: RefundSessionResponse },
      },
    },
    async (request) => {
      const { body } = request
      return writeRefundSession(
        await sessions.openRefund(merchantOf(request).id, {
          collectionId: readId<ExecutionId>(body.original_payment_intent_id),
          amount: body.amount,
          expiresAt: readRequiredTime(body.expires_at),
          reason: body.reason ?? undefined,
        }),
      )
    },
  )
}
