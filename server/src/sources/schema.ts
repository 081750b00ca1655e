import { type Static, Type } from 'typebox'
import { feeBearers, ownerTypes, type SourceKind, sourceStatuses, sourceTypes } from '../kernel/enums.ts'
import { moneyToNumber } from '../kernel/money.ts'
import { pageQuery } from '../platform/http/paging.ts'
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
  text,
  timestamp,
  walletCurrency,
  writeOptionalTime,
  writeTime,
} from '../platform/http/wire.ts'
import { CounterPartyWithPartyResponse, writeCounterpartyWithParty } from '../parties/index.ts'
import { formatNumber, type Source, type SourceItem, title } from './model.ts'
import { type SourceDetail } from './service.ts'

const qty = Type.Integer({ minimum: 1 })

const sourceFields = {
  id: integerId,
  counterparty_id: integerId,
  currency: currencyCode,
  total_amount: amountOut,
  status: oneOf(sourceStatuses),
  note: text,
  fee_bearer: oneOf(feeBearers),
  due_date: nullable(timestamp),
  as_payment_link: Type.Boolean(),
  owner_id: integerId,
  owner_type: oneOf(ownerTypes),
  created_at: timestamp,
  updated_at: timestamp,
  reference_id: nullable(text),
  paid_at: nullable(timestamp),
}

const itemFields = {
  id: integerId,
  name: text,
  currency: currencyCode,
  qty,
  amount: amountOut,
  created_at: timestamp,
  updated_at: timestamp,
}

/** The schemas of one kind of document. Both kinds share every rule; the names differ. */
function documentSchemas(kind: SourceKind) {
  const name = title(kind)
  const create = {
    counterparty_id: integerId,
    currency: walletCurrency,
    note: text,
    fee_bearer: oneOf(feeBearers),
    as_payment_link: Type.Boolean(),
    reference_id: optional(text),
    due_date: optional(timestamp),
  }
  return {
    create: model(`Create${name}Payload`, create),
    update: model(`Update${name}Payload`, {
      reference_id: optional(text),
      note: optional(text),
      fee_bearer: optional(oneOf(feeBearers)),
      due_date: optional(timestamp),
    }),
    addItem: model(`Add${name}ItemPayload`, {
      name: text,
      currency: walletCurrency,
      qty,
      amount: amountIn('currency'),
    }),
    updateItem: model(`Update${name}ItemPayload`, {
      name: optional(text),
      qty: optional(qty),
      amount: optional(amount),
    }),
    item: model(`${name}ItemResponse`, itemFields),
  }
}

const InvoiceResponse = model('InvoiceResponse', { ...sourceFields, invoice_number: text })
const OrderResponse = model('OrderResponse', { ...sourceFields, order_number: text })
const invoice = documentSchemas('INVOICE')
const order = documentSchemas('ORDER')
const counterparty = nullable(CounterPartyWithPartyResponse)

export const schemas = {
  INVOICE: {
    ...invoice,
    summary: InvoiceResponse,
    detail: model('InvoiceDetailResponse', {
      ...InvoiceResponse.properties,
      invoice_items: Type.Array(invoice.item),
      counterparty,
    }),
  },
  ORDER: {
    ...order,
    summary: OrderResponse,
    detail: model('OrderDetailResponse', {
      ...OrderResponse.properties,
      order_items: Type.Array(order.item),
      counterparty,
    }),
  },
} as const

export const SourceQuery = model('SourceQuery', {
  currency: optional(currencyCode),
  status: optional(oneOf(sourceStatuses)),
  ...pageQuery,
})

export const SourceStatusQuery = model('SourceStatusQuery', { source_type: oneOf(sourceTypes), source_id: integerId })

export const PaymentSourceStatusResponse = model('PaymentSourceStatusResponse', {
  source_id: integerId,
  source_type: oneOf(sourceTypes),
  source_number: text,
  status: oneOf(sourceStatuses),
  currency: currencyCode,
  total_amount: amountOut,
  paid_at: nullable(timestamp),
})

/** The fields both kinds share, and the number under the name its kind gives it. */
export const writeSource = (source: Source) => ({
  id: Number(source.id),
  counterparty_id: Number(source.counterpartyId),
  currency: source.total.currency,
  total_amount: moneyToNumber(source.total),
  status: source.status,
  note: source.note,
  fee_bearer: source.feeBearer,
  due_date: writeOptionalTime(source.dueDate),
  as_payment_link: source.asPaymentLink,
  owner_id: Number(source.ownerId),
  owner_type: source.ownerType,
  created_at: writeTime(source.createdAt),
  updated_at: writeTime(source.updatedAt),
  reference_id: source.referenceId ?? null,
  paid_at: writeOptionalTime(source.paidAt),
  invoice_number: formatNumber(source.number),
  order_number: formatNumber(source.number),
})

export const writeItem = (item: SourceItem) => ({
  id: Number(item.id),
  name: item.name,
  currency: item.unit.currency,
  qty: Number(item.qty),
  amount: moneyToNumber(item.unit),
  created_at: writeTime(item.createdAt),
  updated_at: writeTime(item.updatedAt),
})

export function writeDetail(detail: SourceDetail) {
  const items = detail.items.map(writeItem)
  return {
    ...writeSource(detail.source),
    invoice_items: items,
    order_items: items,
    counterparty: detail.counterparty ? writeCounterpartyWithParty(detail.counterparty) : null,
  }
}

export const writeSourceStatus = (source: Source): Static<typeof PaymentSourceStatusResponse> => ({
  source_id: Number(source.id),
  source_type: source.kind,
  source_number: formatNumber(source.number),
  status: source.status,
  currency: source.total.currency,
  total_amount: moneyToNumber(source.total),
  paid_at: writeOptionalTime(source.paidAt),
})
