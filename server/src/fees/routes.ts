import { Type } from 'typebox'
import { readId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { linkNext, pageOf } from '../platform/http/paging.ts'
import { type Http } from '../platform/http/server.ts'
import { merchantOf } from '../auth/index.ts'
import * as wire from './schema.ts'
import * as service from './service.ts'

export function feeRoutes(http: Http, context: service.FeesContext): void {
  http.get(
    '/fees/gateway',
    {
      schema: {
        operationId: 'get_gateway_fees',
        querystring: wire.GatewayFeeQuery,
        response: { 200: wire.FeeWithProviderResponse },
      },
    },
    async (request) => {
      const { payment_method: method, operation_type: operation } = request.query
      return wire.writeGatewayFee(await service.getGatewayFee(context, method, operation), method)
    },
  )

  http.get(
    '/fees/platform',
    {
      schema: {
        operationId: 'get_platform_fees',
        querystring: wire.PlatformFeeQuery,
        response: { 200: wire.FeeTierRateResponse },
      },
    },
    async (request) => {
      const { fee_tier_name: tierName, operation_type: operation } = request.query
      return wire.writePlatformFee(await service.getPlatformFee(context, tierName, operation))
    },
  )

  http.get(
    '/fees/merchant-tier',
    {
      schema: {
        operationId: 'get_merchant_fee_tier',
        querystring: wire.MerchantTierQuery,
        response: { 200: wire.MerchantFeeResponse },
      },
    },
    async (request) => {
      const caller = merchantOf(request)
      const { owner_id: ownerId, owner_type: ownerType } = request.query
      if (readId(ownerId) !== caller.id || ownerType !== caller.type) throw new NotFound('Merchant')
      return wire.writeMerchantTier(await service.getMerchantTier(context, caller.id), caller)
    },
  )

  http.get(
    '/fees/tiers',
    {
      schema: {
        operationId: 'list_fee_tier',
        querystring: wire.TierQuery,
        response: { 200: Type.Array(wire.FeeTierResponse) },
      },
    },
    async (request, reply) =>
      linkNext(request, reply, await service.listTiers(context, pageOf(request.query))).map(wire.writeTier),
  )
}
