import { type Execution, type Source } from '@dollr/sdk'
import { type Context } from '../context.ts'
import { isCard } from './amount.ts'
import { writeMoney } from './money.ts'

export interface Collection {
  /** A phone, or a card's token. */
  readonly from: string
  readonly currency: string
  readonly name: string
}

interface Payable extends Source {
  readonly partyId: number
}

/** A document that asks for one amount, with whoever pays it. */
export async function writeInvoice(
  { dollr }: Pick<Context, 'dollr'>,
  { from, currency, name }: Collection,
  { amount, note }: { readonly amount: number; readonly note: string },
): Promise<Payable> {
  const checkout = await dollr.checkouts.create({
    mode: 'HOSTED',
    source_kind: 'INVOICE',
    party_name: name,
    party_phone: isCard(from) ? cardholderPhone : from,
    currency,
    items: [{ name: note, currency, amount }],
  })
  return { source_type: 'INVOICE', source_id: checkout.source_id, partyId: checkout.party_id }
}

/** Who pays by card is a contact too, and a contact has a phone. */
const cardholderPhone = '231880000000'

/** Which wallet or card is charged: the operator is found by the number. */
async function chargedAccount({ dollr }: Pick<Context, 'dollr'>, { from, name }: Collection, partyId: number) {
  const whose = { account_name: name, party_id: partyId }
  if (isCard(from)) {
    return { ...whose, provider: 'STRIPE', method: 'CREDIT_CARD', payment_method_id: from } as const
  }
  const { payment_method: method, gateway_provider: provider } = await dollr.predictions.mmoProviderInfo({
    phone: from,
    operation_type: 'COLLECTION',
  })
  return { ...whose, provider, method, insensitive_account_number: from }
}

/** Charges a payer for a document. What it costs, and under which reference, is told before anybody is asked. */
export async function charge(context: Context, collection: Collection, payable: Payable): Promise<Execution> {
  const { dollr, terminal, interrupted } = context
  const account = await chargedAccount(context, collection, payable.partyId)
  const price = await dollr.predictions.paymentSourceAmountAndFees({
    source_type: payable.source_type,
    source_id: payable.source_id,
    payment_method: account.method,
    provider: account.provider,
    target_currency: collection.currency,
  })
  const asked = writeMoney(Number(price.payer_amount), price.payer_currency)
  const kept = writeMoney(Number(price.payee_amount), price.payee_currency)
  terminal.progress(`Asking ${collection.from} (${account.method}) for ${asked}, of which ${kept} are yours.`)
  return dollr.collect({ source: payable, account, currency: collection.currency, signal: interrupted })
}
