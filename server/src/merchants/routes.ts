import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type MerchantType, merchantTypes } from '../kernel/enums.ts'
import { type MerchantId, readId } from '../kernel/ids.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { integerId, model, nullable, oneOf, text } from '../platform/http/wire.ts'
import { getOwnMerchant } from './service.ts'

const MerchantInfoQuery = Type.Object({ merchant_id: integerId, merchant_type: oneOf(merchantTypes) })

const MerchantInfoResponse = model('MerchantInfoResponse', {
  id: integerId,
  name: text,
  type: oneOf(merchantTypes),
  email: nullable(text),
  phone: nullable(text),
})

/** Who a request speaks for is known to `auth`, which is built on merchants: so it is handed in. */
export type CallerOf = (request: FastifyRequest) => { readonly id: MerchantId; readonly type: MerchantType }

export function merchantRoutes(http: Http, db: Queryable, callerOf: CallerOf): void {
  http.get(
    '/merchants/merchant-info',
    {
      schema: {
        operationId: 'get_merchant_info',
        querystring: MerchantInfoQuery,
        response: { 200: MerchantInfoResponse },
      },
    },
    async (request) => {
      const { merchant_id: id, merchant_type: type } = request.query
      const merchant = await getOwnMerchant(db, callerOf(request).id, { id: readId(id), type })
      return {
        id: Number(merchant.id),
        name: merchant.name,
        type: merchant.type,
        email: merchant.email ?? null,
        phone: merchant.phone ?? null,
      }
    },
  )
}
