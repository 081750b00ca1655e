import { type Static } from 'typebox'
import { sessionStatuses, sourceTypes } from '../kernel/enums.ts'
import { readId, type SourceId } from '../kernel/ids.ts'
import { type Http } from '../platform/http/server.ts'
import { integerId, model, nullable, oneOf, timestamp, writeTime } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { requireKind } from '../sources/index.ts'
import { type CheckoutSession, type Sessions } from './service.ts'

const CreateCheckoutSessionPayload = model('CreateCheckoutSessionPayload', {
  source_id: integerId,
  source_type: oneOf(sourceTypes),
})

const CheckoutSessionResponse = model('CheckoutSessionResponse', {
  id: integerId,
  source_id: integerId,
  source_type: oneOf(sourceTypes),
  status: oneOf(sessionStatuses),
  expires_at: timestamp,
  created_at: timestamp,
  updated_at: timestamp,
  payment_account_id: nullable(integerId),
})

const writeCheckoutSession = (session: CheckoutSession): Static<typeof CheckoutSessionResponse> => ({
  id: Number(session.id),
  source_id: Number(session.sourceId),
  source_type: session.kind,
  status: 'ACTIVE',
  expires_at: writeTime(session.expiresAt),
  created_at: writeTime(session.createdAt),
  updated_at: writeTime(session.createdAt),
  payment_account_id: null,
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
}
