import { Type } from 'typebox'
import { mobileMoneyMethods, type PaymentMethod, providerNames } from '../kernel/enums.ts'
import { type Http } from '../platform/http/server.ts'
import { model, nullable, oneOf, text, timestamp, writeTime } from '../platform/http/wire.ts'
import { type Availability, availabilityOperations, availabilityStatuses } from './availability.ts'

const ProviderAvailability = model('ProviderAvailability', {
  provider: oneOf(providerNames),
  payment_method: oneOf<PaymentMethod>(mobileMoneyMethods),
  operation_type: oneOf(availabilityOperations),
  status: oneOf(availabilityStatuses),
  since: timestamp,
  reason: nullable(text),
})

/** What can be paid through now: for a shop that does not offer what will not work. */
export function availabilityRoutes(http: Http, readAvailability: () => readonly Availability[]): void {
  http.get(
    '/providers/availability',
    {
      schema: {
        operationId: 'get_providers_availability',
        tags: ['extensions'],
        response: { 200: Type.Array(ProviderAvailability) },
      },
    },
    async () =>
      readAvailability().map(({ provider, method, operation, status, since, reason }) => ({
        provider,
        payment_method: method,
        operation_type: operation,
        status,
        since: writeTime(since),
        reason: reason ?? null,
      })),
  )
}
