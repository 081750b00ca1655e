import { expect, test } from 'vitest'
import { aDeposit, anyText, aSimulator, call, initiate, textLike } from '../../test/support.ts'

test('active-conf has the v2 shape', async () => {
  const simulator = await aSimulator()
  simulator.setCallbackUrl('http://127.0.0.1:1/callbacks')
  const answer = await call(simulator, 'GET', '/v2/active-conf?country=RWA')
  expect(answer.status).toBe(200)
  const operation = {
    minAmount: '1',
    maxAmount: '1000000000',
    decimalsInAmount: 'NONE',
    status: 'OPERATIONAL',
    callbackUrl: 'http://127.0.0.1:1/callbacks',
  }
  const provider = (code: string, displayName: string, shortCode: string) => ({
    provider: code,
    displayName,
    logo: textLike(/^https:/),
    nameDisplayedToCustomer: 'Dollr Sandbox',
    currencies: [
      {
        currency: 'RWF',
        displayName: 'R₣',
        operationTypes: {
          DEPOSIT: {
            ...operation,
            authType: 'PROVIDER_AUTH',
            pinPrompt: 'AUTOMATIC',
            pinPromptRevivable: true,
            pinPromptInstructions: {
              channels: [
                {
                  type: 'USSD',
                  displayName: { en: textLike(/sandbox/), fr: anyText },
                  quickLink: `tel${shortCode.replace('#', '%23')}`,
                  variables: { shortCode },
                  instructions: {
                    en: [
                      {
                        text: `Dial ${shortCode} on your phone (sandbox code)`,
                        template: 'Dial {{shortCode}} on your phone (sandbox code)',
                      },
                      { text: 'Enter PIN', template: 'Enter PIN' },
                    ],
                    fr: [expect.anything(), expect.anything()],
                  },
                },
              ],
            },
          },
          PAYOUT: operation,
          REFUND: operation,
        },
      },
    ],
  })
  expect(answer.json).toEqual({
    companyName: 'Dollr Sandbox',
    signatureConfiguration: { signedRequestsOnly: false, signedCallbacks: false },
    countries: [
      {
        country: 'RWA',
        displayName: { en: 'Rwanda', fr: 'Rwanda' },
        prefix: '250',
        flag: textLike(/^https:/),
        providers: [
          provider('MTN_MOMO_RWA', 'MTN', '*182*8*1#'),
          provider('AIRTEL_RWA', 'Airtel', '*182*8*2#'),
          provider('ORANGE_RWA', 'Orange', '*182*8*3#'),
        ],
      },
    ],
  })
})

test('active-conf names both Liberian operators in both currencies', async () => {
  const simulator = await aSimulator()
  const { json } = await call(simulator, 'GET', '/v2/active-conf?operationType=PAYOUT')
  const currencies = [
    {
      currency: 'USD',
      operationTypes: { PAYOUT: { minAmount: '0.01', maxAmount: '1000000', decimalsInAmount: 'TWO_PLACES' } },
    },
    {
      currency: 'LRD',
      operationTypes: { PAYOUT: { minAmount: '1', maxAmount: '200000000', decimalsInAmount: 'TWO_PLACES' } },
    },
  ]
  expect(json).toMatchObject({
    countries: [
      {
        country: 'LBR',
        prefix: '231',
        providers: [
          { provider: 'MTN_MOMO_LBR', currencies },
          { provider: 'ORANGE_LBR', currencies },
        ],
      },
      { country: 'RWA', prefix: '250' },
    ],
  })
  expect(JSON.stringify(json)).not.toMatch(/DEPOSIT|REFUND/)
})

test('availability lists what is up', async () => {
  const simulator = await aSimulator()
  const { json } = await call(simulator, 'GET', '/v2/availability?country=LBR&operationType=DEPOSIT')
  const operationTypes = [{ operationType: 'DEPOSIT', status: 'OPERATIONAL' }]
  expect(json).toEqual([
    {
      country: 'LBR',
      providers: [
        { provider: 'MTN_MOMO_LBR', operationTypes },
        { provider: 'ORANGE_LBR', operationTypes },
      ],
    },
  ])
  expect((await call(simulator, 'GET', '/v2/availability')).json).toMatchObject([
    { country: 'LBR' },
    { country: 'RWA' },
  ])
})

test('a switched provider is told to be so, and only for that operation; deposits need it up and running', async () => {
  const simulator = await aSimulator()
  const change = { provider: 'MTN_MOMO_RWA', operation: 'DEPOSIT', status: 'DELAYED' } as const
  simulator.setProviderStatus(change)
  expect((await call(simulator, 'GET', '/v2/availability?country=RWA')).json).toMatchObject([
    {
      providers: [
        {
          provider: 'MTN_MOMO_RWA',
          operationTypes: [
            { operationType: 'DEPOSIT', status: 'DELAYED' },
            { operationType: 'PAYOUT', status: 'OPERATIONAL' },
            { operationType: 'REFUND', status: 'OPERATIONAL' },
          ],
        },
        { provider: 'AIRTEL_RWA', operationTypes: [{ status: 'OPERATIONAL' }, {}, {}] },
        { provider: 'ORANGE_RWA' },
      ],
    },
  ])
  const told = await call(simulator, 'GET', '/v2/active-conf?country=RWA&operationType=DEPOSIT')
  expect(told.text.match(/"status":"\w+"/g)).toEqual([
    '"status":"DELAYED"',
    '"status":"OPERATIONAL"',
    '"status":"OPERATIONAL"',
  ])
  for (const status of ['DELAYED', 'CLOSED'] as const) {
    simulator.setProviderStatus({ ...change, status })
    expect((await initiate(simulator, aDeposit())).text).toContain('PROVIDER_TEMPORARILY_UNAVAILABLE')
  }
  simulator.setProviderStatus({ ...change, status: 'OPERATIONAL' })
  expect((await initiate(simulator, aDeposit())).json).toMatchObject({ status: 'ACCEPTED' })
})

test.each(['/v2/active-conf', '/v2/availability'])('%s filters strictly', async (path) => {
  const simulator = await aSimulator()
  for (const query of ['?country=Rwanda', '?operationType=DEPOSITS'])
    expect(await call(simulator, 'GET', path + query)).toMatchObject({ status: 400 })
  for (const query of ['?country=KEN', '?operationType=REMITTANCE']) {
    const { status, text } = await call(simulator, 'GET', path + query)
    expect(status).toBe(200)
    expect(text).not.toContain('OPERATIONAL')
  }
})

test.each([
  ['250783456789', 'RWA', 'MTN_MOMO_RWA', '250783456789'],
  ['+250 733-456 789', 'RWA', 'AIRTEL_RWA', '250733456789'],
  ['25007 834-56789a', 'RWA', 'MTN_MOMO_RWA', '250783456789'],
  ['00231 77 123 4567', 'LBR', 'ORANGE_LBR', '231771234567'],
  ['231760123456', 'LBR', 'ORANGE_LBR', '231760123456'],
  ['+231 (0) 886 123 456', 'LBR', 'MTN_MOMO_LBR', '231886123456'],
  ['231555123456', 'LBR', 'MTN_MOMO_LBR', '231555123456'],
])('predict-provider reads %s', async (typed, country, provider, phoneNumber) => {
  const simulator = await aSimulator()
  const answer = await call(simulator, 'POST', '/v2/predict-provider', { phoneNumber: typed })
  expect(answer).toMatchObject({ status: 200, json: { country, provider, phoneNumber } })
})

test.each([
  ['INVALID_PARAMETER', { phoneNumber: '0783456789' }],
  ['INVALID_PARAMETER', { phoneNumber: '2507834567' }],
  ['INVALID_PARAMETER', { phoneNumber: '250773456789' }],
  ['INVALID_PARAMETER', { phoneNumber: '254703456789' }],
  ['INVALID_PARAMETER', { phoneNumber: 'hello' }],
  ['INVALID_PARAMETER', { phoneNumber: 250783456789 }],
  ['MISSING_PARAMETER', {}],
  ['UNSUPPORTED_PARAMETER', { phoneNumber: '250783456789', country: 'RWA' }],
  ['INVALID_INPUT', 'hello'],
])('predict-provider answers %s to %j', async (failureCode, body) => {
  const simulator = await aSimulator()
  const answer = await call(simulator, 'POST', '/v2/predict-provider', body)
  expect(answer).toMatchObject({ status: 400, json: { failureReason: { failureCode } } })
})
