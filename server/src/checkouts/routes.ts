import { type Static } from 'typebox'
import { isCurrency } from '../kernel/currencies.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type CounterpartyId, readId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { type Http } from '../platform/http/server.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { ErrorDetail, readTime } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { requireKind } from '../sources/index.ts'
import { type CheckoutDraft } from './model.ts'
import { CreateCheckoutPayload, CreateCheckoutResponse, writeCheckout } from './schema.ts'
import { type CheckoutsContext, createCheckout } from './service.ts'

const optionalTime = (value: string | null | undefined): Date | undefined => (value ? readTime(value) : undefined)

function readDraft(body: Static<typeof CreateCheckoutPayload>, kind: SourceKind): CheckoutDraft {
  invariant(isCurrency(body.currency), 'the schema admits wallet currencies only')
  return {
    kind,
    mode: body.mode,
    currency: body.currency,
    lines: body.items,
    note: body.note ?? '',
    referenceId: body.reference_id ?? undefined,
    dueDate: optionalTime(body.due_date),
    successUrl: body.success_url ?? undefined,
    cancelUrl: body.cancel_url ?? undefined,
    expiresAt: optionalTime(body.expires_at),
    payer: {
      fullname: body.party_name ?? body.party_phone,
      phone: body.party_phone,
      email: body.party_email ?? undefined,
      countryCode: undefined,
      relationshipType: body.party_relationship ?? 'CUSTOMER',
    },
    counterpartyId: body.counterparty_id == null ? null : readId<CounterpartyId>(body.counterparty_id),
  }
}

export function checkoutRoutes(http: Http, context: CheckoutsContext): void {
  http.post(
    '/checkouts/create',
    {
      config: { fieldNames: { source_type: 'source_kind' } },
      schema: {
        operationId: 'create_checkout_source',
        body: CreateCheckoutPayload,
        response: { 200: CreateCheckoutResponse, 403: ErrorDetail },
      },
    },
    async (request) => {
      const draft = readDraft(request.body, requireKind(request.body.source_kind))
      return writeCheckout(await createCheckout(context, merchantOf(request).id, draft), publicBase(request))
    },
  )
}
