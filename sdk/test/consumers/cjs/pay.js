const { Dollr, ValidationError } = require('@dollr/sdk')
const { signWebhook, verifyWebhook } = require('@dollr/sdk/webhooks')

/** @param {string} baseUrl */
async function pay(baseUrl) {
  const kept = []
  const dollr = new Dollr({
    baseUrl,
    clientId: 'sandbox',
    clientSecret: 'sandbox-secret',
    onReference: (reference, intent) => kept.push({ reference, ...intent }),
  })
  const party = await dollr.parties.create({ fullname: 'Test Customer', phone: '231881234567' })
  const checkout = await dollr.checkouts.create({
    mode: 'EMBEDDED',
    source_kind: 'INVOICE',
    party_phone: '231881234567',
    currency: 'USD',
    items: [{ name: 'Lesson', currency: 'USD', amount: 125 }],
  })
  const payment = await dollr.collect({
    source: checkout,
    account: { account_name: 'Wallet', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: party.id },
    currency: 'USD',
  })
  const { status } = await dollr.waitFor(payment)
  const source = await dollr.waitForSource(checkout)
  let listed = 0
  for await (const _ of dollr.parties.list({ limit: 1 })) listed += 1
  const refused = await dollr.parties.create({ fullname: 'Test Customer', phone: '+231' }).catch((error) => error)
  const secret = `whsec_${btoa('a secret of twenty-four!')}`
  const event = await verifyWebhook('{"id":"evt_1"}', await signWebhook('{"id":"evt_1"}', secret), secret)
  return {
    status,
    source: source.status,
    kept: kept.length,
    listed: listed > 0,
    refused: refused instanceof ValidationError ? refused.fields.map(({ path }) => path) : String(refused),
    event: event.id,
  }
}

void pay(process.env.BASE_URL).then((result) => console.log(JSON.stringify(result)))
