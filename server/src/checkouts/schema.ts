import { type Static, Type } from 'typebox'
import { sourceStatuses, sourceTypes } from '../kernel/enums.ts'
import { moneyToNumber } from '../kernel/money.ts'
import {
  amountIn,
  amountOut,
  currencyCode,
  integerId,
  model,
  nullable,
  oneOf,
  optional,
  phone,
  text,
  timestamp,
  walletCurrency,
  webAddress,
  writeOptionalTime,
} from '../platform/http/wire.ts'
import { pathOf } from '../links/index.ts'
import { relationshipType } from '../parties/index.ts'
import { formatNumber } from '../sources/index.ts'
import { type CreatedCheckout } from './service.ts'

const CheckoutItem = model('CheckoutItem', { name: text, currency: walletCurrency, amount: amountIn('currency') })

/** What fits into the largest body there is. */
const mostItems = 1000

export const CreateCheckoutPayload = model('CreateCheckoutSourceRequestPayload', {
  mode: Type.String({ minLength: 1 }),
  source_kind: oneOf(sourceTypes),
  party_phone: phone,
  currency: walletCurrency,
  items: Type.Array(CheckoutItem, { minItems: 1, maxItems: mostItems }),
  party_name: optional(text),
  party_email: optional(text),
  party_relationship: optional(relationshipType),
  reference_id: optional(text),
  note: optional(text),
  due_date: optional(timestamp),
  success_url: optional(webAddress),
  cancel_url: optional(webAddress),
  expires_at: optional(timestamp),
  counterparty_id: optional(integerId),
})

export const CreateCheckoutResponse = model('CreateCheckoutSourceLinkResponse', {
  id: integerId,
  mode: text,
  source_type: oneOf(sourceTypes),
  source_id: integerId,
  source_number: text,
  source_status: oneOf(sourceStatuses),
  counterparty_id: integerId,
  party_id: integerId,
  currency: currencyCode,
  total_amount: amountOut,
  source_checkout_config_id: integerId,
  url: text,
  reference_id: nullable(text),
  due_date: nullable(timestamp),
  expires_at: nullable(timestamp),
  hosted_path_or_token: nullable(text),
  success_url: nullable(text),
  cancel_url: nullable(text),
})

export function writeCheckout(
  { checkout, source, counterparty, link }: CreatedCheckout,
  base: string,
): Static<typeof CreateCheckoutResponse> {
  const path = pathOf(link)
  return {
    id: Number(checkout.id),
    mode: checkout.mode,
    source_type: source.kind,
    source_id: Number(source.id),
    source_number: formatNumber(source.number),
    source_status: source.status,
    counterparty_id: Number(counterparty.id),
    party_id: Number(counterparty.party.id),
    currency: source.total.currency,
    total_amount: moneyToNumber(source.total),
    source_checkout_config_id: Number(checkout.id),
    url: base + path,
    reference_id: source.referenceId ?? null,
    due_date: writeOptionalTime(source.dueDate),
    expires_at: writeOptionalTime(checkout.expiresAt),
    hosted_path_or_token: checkout.mode === 'HOSTED' ? path : null,
    success_url: checkout.successUrl ?? null,
    cancel_url: checkout.cancelUrl ?? null,
  }
}
