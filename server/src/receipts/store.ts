import { type PaymentMethod, type ProviderName, type RelationshipType, type SourceKind } from '../kernel/enums.ts'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'
import { type Money, type Ratio } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { queryOne, readMoney, readRatio, type Row } from '../platform/db/rows.ts'
import { type SourceNumber } from '../sources/index.ts'

/** How a document was paid: the one completed collection, and who it was billed to. */
export interface Payment {
  readonly relationshipType: RelationshipType
  readonly counterpartyName: string
  readonly counterpartyPhone: string
  readonly counterpartyEmail: string | undefined
  readonly payer: Money
  readonly payee: Money
  readonly platformFee: Money
  readonly gatewayFee: Money
  readonly fxFee: Money | undefined
  readonly rate: Ratio | undefined
  readonly provider: ProviderName
  readonly method: PaymentMethod
  readonly accountName: string
  readonly confirmedAt: Date
  readonly providerTransactionId: string | undefined
}

interface PaymentRow extends Row {
  relationship_type: RelationshipType
  fullname: string
  phone: string | null
  email: string | null
  payer_minor: string
  payer_currency: string
  payee_minor: string
  payee_currency: string
  platform_fee_minor: string
  gateway_fee_minor: string
  fx_fee_minor: string
  fee_currency: string
  fx_rate_numerator: string | null
  fx_rate_denominator: string | null
  provider: ProviderName
  method: PaymentMethod
  account_name: string
  confirmed_at: Date
  provider_transaction_id: string | null
}

/** Undefined until the document is PAID. */
export async function findPayment(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
): Promise<Payment | undefined> {
  const row = await queryOne<PaymentRow>(
    db,
    'find-payment',
    `select relationship_type, fullname, phone, email, payer_minor, payer_currency, payee_minor, payee_currency,
            platform_fee_minor, gateway_fee_minor, fx_fee_minor, fee_currency, fx_rate_numerator, fx_rate_denominator,
            provider, method, account_name, confirmed_at, provider_transaction_id
     from paid_sources
     where merchant_id = $1 and source_id = $2`,
    [merchantId, sourceId],
  )
  if (!row) return undefined
  const rate = readRatio(row.fx_rate_numerator, row.fx_rate_denominator)
  return {
    relationshipType: row.relationship_type,
    counterpartyName: row.fullname,
    counterpartyPhone: row.phone ?? '',
    counterpartyEmail: row.email ?? undefined,
    payer: readMoney(row.payer_minor, row.payer_currency),
    payee: readMoney(row.payee_minor, row.payee_currency),
    platformFee: readMoney(row.platform_fee_minor, row.fee_currency),
    gatewayFee: readMoney(row.gateway_fee_minor, row.fee_currency),
    fxFee: rate && readMoney(row.fx_fee_minor, row.fee_currency),
    rate,
    provider: row.provider,
    method: row.method,
    accountName: row.account_name,
    confirmedAt: row.confirmed_at,
    providerTransactionId: row.provider_transaction_id ?? undefined,
  }
}

/** What the books say of a receipt now. */
export interface ReceiptState {
  readonly merchantName: string
  readonly number: SourceNumber
  /** What the payer paid. */
  readonly paid: Money
  readonly paidAt: Date
  readonly method: PaymentMethod
  readonly providerTransactionId: string | undefined
  /** What of it went back to the payer, and what is on its way. */
  readonly givenBack: Money
  readonly underWay: Money
}

interface ReceiptStateRow extends Row {
  kind: SourceKind
  number_year: number
  number_counter: string
  paid_at: Date
  merchant_name: string
  payer_minor: string
  payer_currency: string
  method: PaymentMethod
  provider_transaction_id: string | null
  given_back_minor: string
  under_way_minor: string
}

/** Undefined for what is no PAID document. */
export async function findReceiptState(
  db: Queryable,
  merchantId: MerchantId,
  sourceId: SourceId,
): Promise<ReceiptState | undefined> {
  const row = await queryOne<ReceiptStateRow>(
    db,
    'find-receipt-state',
    `select kind, number_year, number_counter, paid_at, merchant_name, payer_minor, payer_currency,
            method, provider_transaction_id, given_back_minor, under_way_minor
     from receipt_states
     where merchant_id = $1 and source_id = $2`,
    [merchantId, sourceId],
  )
  return (
    row && {
      merchantName: row.merchant_name,
      number: { kind: row.kind, year: row.number_year, counter: BigInt(row.number_counter) },
      paid: readMoney(row.payer_minor, row.payer_currency),
      paidAt: row.paid_at,
      method: row.method,
      providerTransactionId: row.provider_transaction_id ?? undefined,
      givenBack: readMoney(row.given_back_minor, row.payer_currency),
      underWay: readMoney(row.under_way_minor, row.payer_currency),
    }
  )
}
