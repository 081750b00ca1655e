import { expect, test } from 'vitest'
import { aDeposit, aPayer, aPayout, aRefund, aSimulator, call, initiate, anyText } from '../../test/support.ts'

const inDollars = { currency: 'USD', payer: aPayer('231886123456', 'MTN_MOMO_LBR') }

test.each([
  ['INVALID_PROVIDER', { payer: aPayer('250783456789', 'MTN_MOMO_XXX') }],
  ['INVALID_CURRENCY', { currency: 'USD' }],
  ['INVALID_CURRENCY', { currency: 'rwf' }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('+250783456789') }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('0783456789') }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('25078345678') }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('2507834567890') }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('250753456789') }],
  ['INVALID_PHONE_NUMBER', { payer: aPayer('231771234567', 'MTN_MOMO_RWA') }],
  ['INVALID_PHONE_NUMBER', { ...inDollars, payer: aPayer('23177123456', 'ORANGE_LBR') }],
  ['INVALID_AMOUNT', { amount: '1500.00' }],
  ['INVALID_AMOUNT', { amount: '1500.5' }],
  ['INVALID_AMOUNT', { amount: '01500' }],
  ['INVALID_AMOUNT', { amount: '-5' }],
  ['INVALID_AMOUNT', { amount: '1e3' }],
  ['INVALID_AMOUNT', { amount: '1,500' }],
  ['INVALID_AMOUNT', { ...inDollars, amount: '5.50' }],
  ['INVALID_AMOUNT', { ...inDollars, amount: '5.555' }],
  ['INVALID_AMOUNT', { ...inDollars, amount: '.5' }],
  ['INVALID_AMOUNT', { ...inDollars, amount: '5.' }],
  ['AMOUNT_OUT_OF_BOUNDS', { amount: '0' }],
  ['AMOUNT_OUT_OF_BOUNDS', { amount: '1000000001' }],
  ['AMOUNT_OUT_OF_BOUNDS', { ...inDollars, amount: '1000000.01' }],
  ['AMOUNT_OUT_OF_BOUNDS', { ...inDollars, currency: 'LRD', amount: '0.99' }],
])('%s is rejected with HTTP 200: %j', async (failureCode, differences) => {
  const simulator = await aSimulator()
  const deposit = aDeposit(differences)
  const answer = await initiate(simulator, deposit)
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    depositId: deposit.depositId,
    status: 'REJECTED',
    failureReason: { failureCode, failureMessage: anyText },
  })
  expect(simulator.deposits()).toEqual([])
})

test.each([
  [{ amount: '1' }],
  [{ amount: '1000000000' }],
  [{ ...inDollars, amount: '0.01' }],
  [{ ...inDollars, amount: '1000000' }],
  [{ ...inDollars, currency: 'LRD', amount: '200000000' }],
])('the bounds themselves may be paid: %j', async (differences) => {
  const simulator = await aSimulator()
  expect((await initiate(simulator, aDeposit(differences))).json).toMatchObject({ status: 'ACCEPTED' })
})

const metadata = (count: number) => Array.from({ length: count }, (_, index) => ({ [`key${index}`]: 'x' }))

test.each([
  ['UNSUPPORTED_PARAMETER', 'callbackUrl', { callbackUrl: 'https://example.com' }],
  ['UNSUPPORTED_PARAMETER', 'payer.name', { payer: { ...aPayer(), name: 'Amara' } }],
  [
    'UNSUPPORTED_PARAMETER',
    'payer.accountDetails.pin',
    { payer: { type: 'MMO', accountDetails: { ...aPayer().accountDetails, pin: '1' } } },
  ],
  ['MISSING_PARAMETER', 'depositId', { depositId: undefined }],
  ['MISSING_PARAMETER', 'amount', { amount: undefined }],
  ['MISSING_PARAMETER', 'currency', { currency: null }],
  ['MISSING_PARAMETER', 'payer', { payer: undefined }],
  ['MISSING_PARAMETER', 'payer.type', { payer: { accountDetails: aPayer().accountDetails } }],
  ['MISSING_PARAMETER', 'payer.accountDetails', { payer: { type: 'MMO' } }],
  ['MISSING_PARAMETER', 'payer.accountDetails.phoneNumber', { payer: aPayer(null) }],
  ['MISSING_PARAMETER', 'payer.accountDetails.provider', { payer: aPayer('250783456789', null) }],
  ['INVALID_PARAMETER', 'depositId', { depositId: '42' }],
  // Version 1, not 4.
  ['INVALID_PARAMETER', 'depositId', { depositId: 'd9428888-122b-11e1-b85c-61cd3cbb3210' }],
  ['INVALID_PARAMETER', 'amount', { amount: 1500 }],
  ['INVALID_PARAMETER', 'amount', { amount: '' }],
  ['INVALID_PARAMETER', 'amount', { amount: '1'.repeat(24) }],
  ['INVALID_PARAMETER', 'currency', { currency: 646 }],
  ['INVALID_PARAMETER', 'payer', { payer: [] }],
  ['INVALID_PARAMETER', 'payer.type', { payer: { ...aPayer(), type: 'MSISDN' } }],
  ['INVALID_PARAMETER', 'payer.accountDetails.phoneNumber', { payer: aPayer(250783456789) }],
  ['INVALID_PARAMETER', 'customerMessage', { customerMessage: 'abc' }],
  ['INVALID_PARAMETER', 'customerMessage', { customerMessage: 'x'.repeat(23) }],
  ['INVALID_PARAMETER', 'customerMessage', { customerMessage: 'Invoice #42' }],
  ['INVALID_PARAMETER', 'clientReferenceId', { clientReferenceId: 42 }],
  ['INVALID_PARAMETER', 'metadata', { metadata: { orderId: '42' } }],
  ['INVALID_PARAMETER', 'metadata', { metadata: metadata(11) }],
  ['INVALID_PARAMETER', 'metadata[0]', { metadata: ['orderId'] }],
  ['INVALID_PARAMETER', 'metadata[0]', { metadata: [{ a: '1', b: '2' }] }],
  ['INVALID_PARAMETER', 'metadata[0]', { metadata: [{ isPII: true }] }],
  ['INVALID_PARAMETER', 'metadata[1].b', { metadata: [{ a: '1' }, { b: 2 }] }],
  ['INVALID_PARAMETER', 'metadata[0].isPII', { metadata: [{ a: '1', isPII: 'yes' }] }],
  ['DUPLICATE_METADATA_FIELD', 'a', { metadata: [{ a: '1' }, { a: '2' }] }],
])('%s names %s and is HTTP 400: %j', async (failureCode, name, differences) => {
  const simulator = await aSimulator()
  const answer = await initiate(simulator, aDeposit(differences))
  expect(answer.status).toBe(400)
  expect(answer.json).toMatchObject({ failureReason: { failureCode } })
  expect(answer.text).toContain(`'${name}'`)
  expect(simulator.deposits()).toEqual([])
})

test.each([
  ['INVALID_PROVIDER', { recipient: aPayer('250783456789', 'MTN_MOMO_XXX') }],
  ['INVALID_CURRENCY', { currency: 'USD' }],
  ['INVALID_PHONE_NUMBER', { recipient: aPayer('0783456789') }],
  ['INVALID_AMOUNT', { amount: '1500.00' }],
  ['AMOUNT_OUT_OF_BOUNDS', { amount: '1000000001' }],
])('a payout is rejected with HTTP 200, %s: %j', async (failureCode, differences) => {
  const simulator = await aSimulator()
  const payout = aPayout(differences)
  const answer = await initiate(simulator, payout)
  expect(answer.status).toBe(200)
  expect(answer.json).toEqual({
    payoutId: payout.payoutId,
    status: 'REJECTED',
    failureReason: { failureCode, failureMessage: anyText },
  })
  expect(simulator.payouts()).toEqual([])
})

const deposit = 'd3b07384-d9a0-4c9b-8f6e-1f2a3b4c5d6e'

test.each([
  ['UNSUPPORTED_PARAMETER', 'payer', aPayout({ payer: aPayer() })],
  // A payer may have to be sent somewhere, a recipient never.
  ['UNSUPPORTED_PARAMETER', 'successfulUrl', aPayout({ successfulUrl: 'https://example.com/ok' })],
  [
    'UNSUPPORTED_PARAMETER',
    'recipient.accountDetails.pin',
    aPayout({ recipient: { type: 'MMO', accountDetails: { pin: '1' } } }),
  ],
  ['MISSING_PARAMETER', 'payoutId', aPayout({ payoutId: undefined })],
  ['MISSING_PARAMETER', 'recipient', aPayout({ recipient: undefined })],
  ['MISSING_PARAMETER', 'amount', aPayout({ amount: undefined })],
  ['INVALID_PARAMETER', 'customerMessage', aPayout({ customerMessage: 'abc' })],
  ['DUPLICATE_METADATA_FIELD', 'a', aPayout({ metadata: [{ a: '1' }, { a: '2' }] })],
  ['UNSUPPORTED_PARAMETER', 'recipient', aRefund(deposit, { recipient: aPayer() })],
  ['UNSUPPORTED_PARAMETER', 'customerMessage', aRefund(deposit, { customerMessage: 'Sorry' })],
  ['MISSING_PARAMETER', 'refundId', aRefund(deposit, { refundId: null })],
  ['MISSING_PARAMETER', 'depositId', aRefund(deposit, { depositId: undefined })],
  ['MISSING_PARAMETER', 'currency', aRefund(deposit, { amount: '5' })],
  ['INVALID_PARAMETER', 'depositId', aRefund('42')],
  ['INVALID_PARAMETER', 'amount', aRefund(deposit, { amount: 5, currency: 'RWF' })],
  ['INVALID_PARAMETER', 'metadata', aRefund(deposit, { metadata: metadata(11) })],
])('%s names %s and is HTTP 400, for money out: %j', async (failureCode, name, body) => {
  const simulator = await aSimulator()
  const answer = await initiate(simulator, body)
  expect(answer).toMatchObject({ status: 400, json: { failureReason: { failureCode } } })
  expect(answer.text).toContain(`'${name}'`)
  expect([...simulator.payouts(), ...simulator.refunds()]).toEqual([])
})

test.each(['', '{"depositId":', '[]', '"text"', 'null', `"${'x'.repeat(100_000)}"`])(
  'a body that is not a JSON object is INVALID_INPUT',
  async (body) => {
    const simulator = await aSimulator()
    const answer = await initiate(simulator, body)
    expect(answer).toMatchObject({ status: 400, json: { failureReason: { failureCode: 'INVALID_INPUT' } } })
  },
)

test('what v2 knows and these providers do not use is accepted, null counts as absent', async () => {
  const simulator = await aSimulator()
  const deposit = aDeposit({
    customerMessage: null,
    metadata: metadata(10),
    preAuthorisationCode: null,
    successfulUrl: 'https://example.com/ok',
    failedUrl: 'https://example.com/no',
  })
  expect((await initiate(simulator, deposit)).json).toMatchObject({ status: 'ACCEPTED' })
})

test.each([
  ['POST', '/v2/deposits'],
  ['GET', '/v2/deposits/d3b07384-d9a0-4c9b-8f6e-1f2a3b4c5d6e'],
  ['GET', '/v2/active-conf'],
  ['GET', '/v2/availability'],
  ['POST', '/v2/predict-provider'],
  ['POST', '/v2/payouts'],
  ['POST', '/v2/payouts/bulk'],
  ['POST', '/v2/refunds'],
  ['GET', '/v2/wallet-balances'],
  ['GET', '/_sandbox/deposits'],
  ['GET', '/nowhere'],
])('%s %s wants the API token', async (method, path) => {
  const simulator = await aSimulator()
  const none = await call(simulator, method, path, undefined, {})
  expect(none).toMatchObject({ status: 401, json: { failureReason: { failureCode: 'NO_AUTHENTICATION' } } })
  for (const authorization of ['Bearer wrong', 'Bearer ', 'test-token', 'Basic test-token']) {
    const wrong = await call(simulator, method, path, undefined, { authorization })
    expect(wrong).toMatchObject({ status: 401, json: { failureReason: { failureCode: 'AUTHENTICATION_ERROR' } } })
  }
})

test.each([
  ['GET', '/v2/deposits'],
  ['GET', '/v2/deposits/'],
  ['DELETE', '/v2/deposits/d3b07384-d9a0-4c9b-8f6e-1f2a3b4c5d6e'],
  ['POST', '/v2/deposits/resend-callback/'],
  ['POST', '/v2/deposits/bulk'],
  ['POST', '/v2/refunds/bulk'],
  ['POST', '/v2/deposits/fail-enqueued/d3b07384-d9a0-4c9b-8f6e-1f2a3b4c5d6e'],
  ['PUT', '/v2/payouts'],
  ['POST', '/v2/payouts/bulk/'],
  ['POST', '/v2/remittances'],
  ['POST', '/deposits'],
  ['GET', '/'],
])('%s %s does not exist', async (method, path) => {
  const simulator = await aSimulator()
  expect(await call(simulator, method, path)).toMatchObject({ status: 404 })
})
