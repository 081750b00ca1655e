import { Type } from 'typebox'
import {
  feeBearers,
  ownerTypes,
  paymentMethods,
  providerNames,
  type RelationshipType,
  relationshipTypes,
  sourceStatuses,
} from '../kernel/enums.ts'
import { formatRatio, moneyToNumber } from '../kernel/money.ts'
import {
  amountOut,
  currencyCode,
  decimalString,
  integerId,
  model,
  nullable,
  oneOf,
  text,
  timestamp,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { formatNumber, type SourceDetail } from '../sources/index.ts'
import { type Payment } from './store.ts'

const ReceiptItem = model('ReceiptItem', {
  id: integerId,
  name: text,
  qty: Type.Integer(),
  amount: amountOut,
  currency: currencyCode,
})

const fields = {
  currency: currencyCode,
  total_amount: amountOut,
  status: oneOf(sourceStatuses),
  note: text,
  due_date: nullable(timestamp),
  as_payment_link: Type.Boolean(),
  fee_bearer: oneOf(feeBearers),
  owner_id: integerId,
  owner_type: oneOf(ownerTypes),
  created_at: timestamp,
  counterparty_id: integerId,
  relationship_type: oneOf<RelationshipType>([...relationshipTypes, 'OTHER']),
  counterparty_name: text,
  counterparty_phone: text,
  reference_id: nullable(text),
  paid_at: nullable(timestamp),
  counterparty_email: nullable(text),
  payer_amount: nullable(amountOut),
  payer_currency: nullable(text),
  payee_amount: nullable(amountOut),
  payee_currency: nullable(text),
  platform_fee: nullable(amountOut),
  platform_currency: nullable(text),
  gateway_fee: nullable(amountOut),
  gateway_currency: nullable(text),
  fx_fee: nullable(amountOut),
  fx_rate: nullable(decimalString),
  fx_currency_from: nullable(text),
  fx_currency_to: nullable(text),
  payment_provider: nullable(oneOf(providerNames)),
  payment_method: nullable(oneOf(paymentMethods)),
  account_name: nullable(text),
  gateway_confirmed_at: nullable(timestamp),
  provider_transaction_id: nullable(text),
  items: Type.Array(ReceiptItem),
}

export const receiptSchemas = {
  INVOICE: model('InvoiceReceiptResponse', { invoice_id: integerId, invoice_number: text, ...fields }),
  ORDER: model('OrderReceiptResponse', { order_id: integerId, order_number: text, ...fields }),
} as const

/** Six decimals at most: enough to read; the amounts beside it were counted with the exact rate. */
const ratePlaces = 6

/** The fields of both kinds; each schema sends the id and the number under its own name. */
export function writeReceipt({ source, items }: SourceDetail, payment: Payment) {
  const { rate } = payment
  const ids = { id: Number(source.id), number: formatNumber(source.number) }
  return {
    invoice_id: ids.id,
    invoice_number: ids.number,
    order_id: ids.id,
    order_number: ids.number,
    currency: source.total.currency,
    total_amount: moneyToNumber(source.total),
    status: source.status,
    note: source.note,
    due_date: writeOptionalTime(source.dueDate),
    as_payment_link: source.asPaymentLink,
    fee_bearer: source.feeBearer,
    owner_id: Number(source.ownerId),
    owner_type: source.ownerType,
    created_at: writeTime(source.createdAt),
    counterparty_id: Number(source.counterpartyId),
    relationship_type: payment.relationshipType,
    counterparty_name: payment.counterpartyName,
    counterparty_phone: payment.counterpartyPhone,
    reference_id: source.referenceId ?? null,
    paid_at: writeOptionalTime(source.paidAt),
    counterparty_email: payment.counterpartyEmail ?? null,
    payer_amount: moneyToNumber(payment.payer),
    payer_currency: payment.payer.currency,
    payee_amount: moneyToNumber(payment.payee),
    payee_currency: payment.payee.currency,
    platform_fee: moneyToNumber(payment.platformFee),
    platform_currency: payment.platformFee.currency,
    gateway_fee: moneyToNumber(payment.gatewayFee),
    gateway_currency: payment.gatewayFee.currency,
    fx_fee: payment.fxFee ? moneyToNumber(payment.fxFee) : null,
    fx_rate: rate ? formatRatio(rate, ratePlaces) : null,
    fx_currency_from: rate ? payment.payee.currency : null,
    fx_currency_to: rate ? payment.payer.currency : null,
    payment_provider: payment.provider,
    payment_method: payment.method,
    account_name: payment.accountName,
    gateway_confirmed_at: writeTime(payment.confirmedAt),
    provider_transaction_id: payment.providerTransactionId ?? null,
    items: items.map(({ id, name, qty, unit }) => ({
      id: Number(id),
      name,
      qty: Number(qty),
      amount: moneyToNumber(unit),
      currency: unit.currency,
    })),
  }
}
