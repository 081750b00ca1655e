import {
  ConflictError,
  Dollr,
  type DollrEvent,
  type Execution,
  type InvoiceResponse,
  type Intent,
  type PartyResponse,
  ValidationError,
} from '@dollr/sdk'
import { signWebhook, verifyWebhook } from '@dollr/sdk/webhooks'

async function pay(baseUrl: string) {
  const kept: Intent[] = []
  const dollr = new Dollr({
    baseUrl,
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    onReference: async (_reference, intent) => {
      kept.push(intent)
    },
  })
  const party: PartyResponse = await dollr.parties.create({ fullname: 'Test Customer', phone: '231881234567' })
  const customer = await dollr.counterparties.create({ relationship_type: 'CUSTOMER', party_id: party.id })
  const invoice: InvoiceResponse = await dollr.invoices.create({
    counterparty_id: customer.id,
    currency: 'USD',
    note: 'Two lessons',
    fee_bearer: 'PAYER',
    as_payment_link: false,
  })
  await dollr.invoices.itemsAdd({ invoice_id: invoice.id, name: 'Lesson', currency: 'USD', qty: 2, amount: 125 })
  await dollr.invoices.publish({ id: invoice.id })
  const source = { source_type: 'INVOICE', source_id: invoice.id } as const
  const payment: Execution = await dollr.collect({
    source,
    account: { account_name: 'Wallet', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: party.id },
    currency: 'USD',
  })
  const { status } = await dollr.waitFor(payment, { withinMs: 60_000 })
  const paid = await dollr.waitForSource(source)
  const again: unknown = await dollr
    .collect({ source, account: 1, currency: 'USD' })
    .catch((error: unknown) => (error instanceof ConflictError ? error.code : error))
  let listed = 0
  for await (const each of dollr.parties.list({ limit: 1 })) listed += Math.sign(each.id)
  const wrong: unknown = await dollr.parties
    .create({ fullname: 'Test Customer', phone: '+231' })
    .catch((error: unknown) => error)
  const secret = `whsec_${btoa('a secret of twenty-four!')}`
  const event: DollrEvent = await verifyWebhook('{"id":"evt_1"}', await signWebhook('{"id":"evt_1"}', secret), secret)
  let told: string | undefined
  // An event can be read a moment after it happened.
  for (let looks = 0; told === undefined && looks < 100; looks += 1) {
    for await (const each of dollr.events.list({ type: 'payment.completed' })) {
      // Told apart by their types: a payment has amounts.
      if (each.type === 'payment.completed' && each.data.reference_id === payment.reference_id) {
        told = `${each.data.payee_amount} ${each.data.payee_currency}`
      }
    }
  }
  return {
    status,
    told,
    source: paid.status,
    kept: kept.length,
    again,
    listed: listed > 0,
    refused: wrong instanceof ValidationError ? wrong.fields.map(({ path }) => path) : String(wrong),
    event: event.id,
  }
}

/** Compiled and never run: what the types must refuse. */
export async function mistakes(dollr: Dollr): Promise<void> {
  // @ts-expect-error a party has a phone
  await dollr.parties.create({ fullname: 'Test Customer' })
  // @ts-expect-error an amount is a number
  await dollr.sessions.payout({ payout_account_id: 1, amount: '5', currency: 'USD' })
  // @ts-expect-error there is no such operation
  await dollr.parties.forget({ id: 1 })
  // @ts-expect-error a document is needed, or a session
  await dollr.collect({ account: 1, currency: 'USD' })
  // @ts-expect-error a payout needs its approval
  await dollr.payout({ account: 1, amount: 5, currency: 'USD' })
  for await (const event of dollr.events.list()) {
    // @ts-expect-error not every event is about a payment
    event.data.payee_amount
  }
  // @ts-expect-error one merchant is no list
  for await (const _ of dollr.merchants.merchantInfo({ merchant_id: 1, merchant_type: 'ORGANIZATION' })) break
}

declare const process: { readonly env: Readonly<Record<string, string | undefined>> }
console.log(JSON.stringify(await pay(process.env['BASE_URL'] ?? '')))
