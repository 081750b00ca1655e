import { type Static, Type } from 'typebox'
import {
  feeBearers,
  operationTypes,
  ownerTypes,
  paymentMethods,
  providerInputs,
  providerNames,
  sourceTypes,
} from '../kernel/enums.ts'
import { readId, type SourceId } from '../kernel/ids.ts'
import { formatMoney } from '../kernel/money.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Http } from '../platform/http/server.ts'
import {
  currencyCode,
  decimalString,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  phone,
  text,
} from '../platform/http/wire.ts'
import { type Caller, merchantOf } from '../auth/index.ts'
import { type Quote } from '../fees/index.ts'
import { requireKind } from '../sources/index.ts'
import * as service from './service.ts'

const AmountAndFeeQuery = Type.Object({
  base_amount: Type.Number({ minimum: 0.01, maximum: 999_999_999_999.99 }),
  base_currency: currencyCode,
  target_currency: currencyCode,
  payment_method: oneOf(paymentMethods),
  operation_type: oneOf(operationTypes),
  provider: oneOf(providerInputs),
  fee_bearer: oneOf(feeBearers),
  owner_type: optional(oneOf(ownerTypes)),
  owner_id: optional(integerId),
})

const SourceAmountAndFeeQuery = Type.Object({
  target_currency: currencyCode,
  payment_method: oneOf(paymentMethods),
  provider: oneOf(providerInputs),
  source_type: oneOf(sourceTypes),
  source_id: integerId,
})

const AmountAndFeePredictionResponse = model('AmountAndFeePredictionResponse', {
  payer_amount: decimalString,
  payer_currency: text,
  payee_amount: decimalString,
  payee_currency: text,
  platform_fee: decimalString,
  platform_currency: text,
  fx_fee: nullable(decimalString),
  gateway_fee: nullable(decimalString),
  gateway_currency: nullable(text),
})

const PredictPhonePaymentInfoResponse = model('PredictPhonePaymentInfoResponse', {
  carrier: text,
  country: text,
  currencies: Type.Array(text),
  phone: text,
  payment_method: oneOf(paymentMethods),
  gateway_provider: oneOf(providerNames),
  operation_type: oneOf(operationTypes),
})

const PredictCardPaymentInfoResponse = model('PredictCardPaymentInfoResponse', {
  brand: text,
  country: text,
  currencies: Type.Array(text),
  payment_method: oneOf(paymentMethods),
  gateway_provider: oneOf(providerNames),
  operation_type: oneOf(operationTypes),
  payment_method_id: text,
})

const writeQuote = (quote: Quote): Static<typeof AmountAndFeePredictionResponse> => ({
  payer_amount: formatMoney(quote.payer),
  payer_currency: quote.payer.currency,
  payee_amount: formatMoney(quote.payee),
  payee_currency: quote.payee.currency,
  platform_fee: formatMoney(quote.platformFee),
  platform_currency: quote.platformFee.currency,
  fx_fee: quote.fxFee ? formatMoney(quote.fxFee) : null,
  gateway_fee: formatMoney(quote.gatewayFee),
  gateway_currency: quote.gatewayFee.currency,
})

/** A quote may name its merchant, and only the caller's own. */
function requireOwn(caller: Caller, ownerType: string | null | undefined, ownerId: number | null | undefined): void {
  if ((ownerId != null && String(ownerId) !== caller.id) || (ownerType != null && ownerType !== caller.type)) {
    throw new NotFound('Merchant')
  }
}

export function predictionRoutes(http: Http, context: service.PredictionsContext): void {
  http.get(
    '/predictions/amount-and-fees',
    {
      schema: {
        operationId: 'predict_amount_and_fee',
        querystring: AmountAndFeeQuery,
        response: { 200: AmountAndFeePredictionResponse },
      },
    },
    async (request) => {
      const { query } = request
      const caller = merchantOf(request)
      requireOwn(caller, query.owner_type, query.owner_id)
      const routing = { method: query.payment_method, provider: query.provider, operation: query.operation_type }
      const amounts = {
        base: query.base_amount,
        baseCurrency: query.base_currency,
        target: query.target_currency,
        bearer: query.fee_bearer,
      }
      return writeQuote(await service.predictAmount(context, caller.id, routing, amounts))
    },
  )

  http.get(
    '/predictions/payment-source/amount-and-fees',
    {
      schema: {
        operationId: 'predict_payment_source_amount_and_fee',
        querystring: SourceAmountAndFeeQuery,
        response: { 200: AmountAndFeePredictionResponse },
      },
    },
    async (request) => {
      const { query } = request
      const routing = { method: query.payment_method, provider: query.provider }
      const source = {
        kind: requireKind(query.source_type),
        id: readId<SourceId>(query.source_id),
        target: query.target_currency,
      }
      return writeQuote(await service.predictSource(context, merchantOf(request).id, routing, source))
    },
  )

  http.get(
    '/predictions/mmo-provider-info',
    {
      schema: {
        operationId: 'predict_mmo_provider_info',
        querystring: Type.Object({ phone, operation_type: oneOf(operationTypes) }),
        response: { 200: PredictPhonePaymentInfoResponse },
      },
    },
    async (request) => {
      const carrier = await service.predictCarrier(context, request.query.phone)
      return {
        carrier: carrier.name,
        country: carrier.country,
        currencies: [...carrier.currencies],
        phone: request.query.phone,
        payment_method: carrier.method,
        gateway_provider: 'PAWAPAY' as const,
        operation_type: request.query.operation_type,
      }
    },
  )

  http.get(
    '/predictions/card-provider-info',
    {
      schema: {
        operationId: 'predict_card_provider_info',
        querystring: Type.Object({
          payment_method_id: text,
          operation_type: oneOf(operationTypes),
          provider: optional(oneOf(providerInputs)),
        }),
        response: { 200: PredictCardPaymentInfoResponse },
      },
    },
    async (request) => {
      const { payment_method_id: token, operation_type: operation, provider } = request.query
      const asked = { token, operation, provider: provider ?? 'STRIPE' }
      const card = await service.predictCard(context, merchantOf(request).id, asked)
      return {
        brand: card.brand,
        country: card.country,
        currencies: [...card.currencies],
        payment_method: 'CREDIT_CARD' as const,
        gateway_provider: 'STRIPE' as const,
        operation_type: operation,
        payment_method_id: card.token,
      }
    },
  )
}
