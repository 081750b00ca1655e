import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyAmount } from '../../../test/support/arbitraries.ts'
import { paymentMethods } from '../../kernel/enums.ts'
import { type ProviderReference } from '../../kernel/ids.ts'
import { formatMoney, money, type Money, parseMoney } from '../../kernel/money.ts'
import { type DirectOrder, type Outcome, type RefundOrder } from '../provider.ts'
import {
  customerMessage,
  declined,
  findOffer,
  findStatus,
  fromInitiation,
  fromLookup,
  methodOf,
  minimalDecimal,
  providerCode,
  toRequest,
} from './translate.ts'
import { ActiveConfiguration, InitiationAnswer, LookupAnswer, type Payment } from './wire.ts'

const fixture = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8'))

const anOrder = (its: Partial<DirectOrder> = {}): DirectOrder => ({
  operation: 'COLLECTION',
  reference: '8917c345-4791-4285-a416-62f24b6982db' as ProviderReference,
  method: 'MTN_MOMO_RWA',
  amount: money(1500n, 'RWF'),
  phone: '250783456789',
  note: 'INV-2025-00042',
  ...its,
})

const aRefund: RefundOrder = {
  operation: 'REFUND',
  reference: '2f1b0c6e-5a5c-4a4a-9d0e-6f5b1c2d3e4f' as ProviderReference,
  refunds: '8917c345-4791-4285-a416-62f24b6982db' as ProviderReference,
  method: 'MTN_MOMO_RWA',
  amount: money(500n, 'RWF'),
  note: 'INV-2025-00042',
}

test('an order becomes the request of the reference, nothing more: unknown fields would be refused', () => {
  expect(toRequest(anOrder())).toEqual({
    depositId: '8917c345-4791-4285-a416-62f24b6982db',
    amount: '1500',
    currency: 'RWF',
    payer: { type: 'MMO', accountDetails: { phoneNumber: '250783456789', provider: 'MTN_MOMO_RWA' } },
    customerMessage: 'INV 2025 00042',
  })
})

test('a payout names a recipient where a collection names a payer', () => {
  expect(toRequest(anOrder({ operation: 'PAYOUT' }))).toEqual({
    payoutId: '8917c345-4791-4285-a416-62f24b6982db',
    amount: '1500',
    currency: 'RWF',
    recipient: { type: 'MMO', accountDetails: { phoneNumber: '250783456789', provider: 'MTN_MOMO_RWA' } },
    customerMessage: 'INV 2025 00042',
  })
})

test('a refund names the collection it gives back and how much of it, in its currency; nothing else is taken', () => {
  expect(toRequest(aRefund)).toEqual({
    refundId: '2f1b0c6e-5a5c-4a4a-9d0e-6f5b1c2d3e4f',
    depositId: '8917c345-4791-4285-a416-62f24b6982db',
    amount: '500',
    currency: 'RWF',
  })
})

test.each([anOrder(), anOrder({ operation: 'PAYOUT' }), aRefund])(
  'the same order always makes the same request: $operation',
  (order) => {
    expect(JSON.stringify(toRequest({ ...order }))).toBe(JSON.stringify(toRequest(order)))
  },
)

test('a code of theirs leads back to the method it is for', () => {
  for (const method of paymentMethods) {
    const code = providerCode(method)
    if (code !== undefined) expect(methodOf(code)).toBe(method)
  }
  expect(methodOf('MPESA_KEN')).toBeUndefined()
})

test('every mobile-money method has a code of theirs, and nothing else has one', () => {
  expect(Object.fromEntries(paymentMethods.map((method) => [method, providerCode(method)]))).toEqual({
    MTN_MOMO_LBR: 'MTN_MOMO_LBR',
    ORANGE_MONEY_LBR: 'ORANGE_LBR',
    AIRTEL_RWA: 'AIRTEL_RWA',
    MTN_MOMO_RWA: 'MTN_MOMO_RWA',
    ORANGE_MONEY_RWA: 'ORANGE_RWA',
    CREDIT_CARD: undefined,
    WALLET: undefined,
  })
})

// Their own pattern: no leading zeros, no trailing zeros after the point.
const amountPattern = /^([0]|([1-9][0-9]{0,17}))([.][0-9]{0,3}[1-9])?$/

test('every amount is sent in the form their pattern takes, and means the same', () => {
  fc.assert(
    fc.property(anyAmount, (amount) => {
      for (const order of [anOrder({ amount }), anOrder({ operation: 'PAYOUT', amount }), { ...aRefund, amount }]) {
        const sent = toRequest(order).amount
        expect(sent).toMatch(amountPattern)
        expect(parseMoney(sent, amount.currency)).toEqual(amount)
      }
    }),
  )
})

test.each([
  ['5.50', '5.5'],
  ['100.00', '100'],
  ['100', '100'],
  ['1200', '1200'],
  ['0.10', '0.1'],
  ['10.01', '10.01'],
  ['1000.0000', '1000'],
  ['0.00', '0'],
])('%s is %s in minimal form', (text, minimal) => {
  expect(minimalDecimal(text)).toBe(minimal)
})

test.each([
  ['INV-2025-00042', 'INV 2025 00042'],
  ['Café Libéria', 'Cafe Liberia'],
  ['  many   spaces  ', 'many spaces'],
  ['Invoice_42/b', 'Invoice 42 b'],
  ['INV-2025-00042 for the school fees', 'INV 2025 00042 for the'],
  ['twenty two characters', 'twenty two characters'],
  ['abc', 'Payment'],
  ['', 'Payment'],
  ['—', 'Payment'],
  ['支付', 'Payment'],
])('the payer reads %j as %j', (note, message) => {
  expect(customerMessage(note)).toBe(message)
})

test('whatever the note, the payer reads 4 to 22 letters, digits and spaces', () => {
  const anyCodePoints = fc.array(fc.nat({ max: 0x10ffff })).map((points) => String.fromCodePoint(...points))
  fc.assert(
    fc.property(fc.oneof(anyCodePoints, fc.string({ maxLength: 60 })), (note) => {
      const message = customerMessage(note)
      expect(message).toMatch(/^[A-Za-z0-9 ]{4,22}$/)
      expect(message).toBe(message.trim())
    }),
  )
})

interface InitiationFixture {
  readonly about: string
  readonly http: number
  readonly body: unknown
  readonly outcome: Record<string, unknown>
}

test.each(
  ['deposit-answers.json', 'payout-answers.json', 'refund-answers.json'].flatMap(
    (name) => fixture(name) as InitiationFixture[],
  ),
)('an order answered: $about', ({ http, body, outcome }) => {
  if (!InitiationAnswer.Check(body)) throw new Error('unreadable')
  const { kind, ...rest } = outcome
  expect(fromInitiation(http, body)).toEqual(
    kind === 'unknown' ? { kind, reason: expect.stringContaining(`HTTP ${http}`) as unknown } : { kind, ...rest },
  )
})

interface LookUp {
  readonly about: string
  readonly body: unknown
  readonly finding: { readonly kind: string; readonly amount?: string }
}

const inWords = (amount: Money | undefined): string | undefined => amount && `${formatMoney(amount)} ${amount.currency}`

test.each(['deposit-lookups.json', 'money-out-lookups.json'].flatMap((name) => fixture(name) as LookUp[]))(
  'a look-up: $about',
  ({ body, finding }) => {
    if (!LookupAnswer.Check(body)) throw new Error('unreadable')
    const found = fromLookup(body)
    expect(found.kind === 'completed' ? { ...found, amount: inWords(found.amount) } : found).toMatchObject(finding)
  },
)

test('nothing is declined without a code of theirs, whatever the status around it', () => {
  const anyStatus = fc.option(
    fc.oneof(fc.constantFrom('ACCEPTED', 'REJECTED', 'DUPLICATE_IGNORED', 'COMPLETED', 'FAILED'), fc.string()),
    { nil: undefined },
  )
  const anyCode = fc.option(fc.constantFrom('UNKNOWN_ERROR', 'INVALID_AMOUNT', 'ANYTHING'), { nil: undefined })
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), anyStatus, anyCode, (http, status, code) => {
      const answer = { status, failureReason: code === undefined ? undefined : { failureCode: code } }
      const outcome = fromInitiation(http, answer)
      if (outcome.kind === 'declined') expect([outcome.code, code !== 'UNKNOWN_ERROR']).toEqual([code, true])
      if (http >= 500) expect(outcome.kind).toBe('unknown')
      if (outcome.kind === 'completed') throw new Error('an order is never completed by its first answer')
    }),
    { numRuns: 500 },
  )
})

test('a look-up declines only what failed, and completes only what is completed', () => {
  const words = [
    'ACCEPTED',
    'PROCESSING',
    'IN_RECONCILIATION',
    'SUBMITTED',
    'ENQUEUED',
    'COMPLETED',
    'FAILED',
    'REJECTED',
  ]
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom(...words), fc.string()),
      fc.option(fc.string(), { nil: undefined }),
      (status, code) => {
        const data: Payment = {
          depositId: 'x',
          status,
          ...(code !== undefined && { failureReason: { failureCode: code } }),
        }
        const { kind } = fromLookup({ status: 'FOUND', data })
        if (kind === 'declined') expect(status).toBe('FAILED')
        if (kind === 'completed') expect(status).toBe('COMPLETED')
        expect(kind).not.toBe('not_found')
      },
    ),
  )
})

test('a refusal carries words for people, never theirs for developers', () => {
  const codes = [
    'PAYMENT_NOT_APPROVED',
    'PAYER_LIMIT_REACHED',
    'WALLET_LIMIT_REACHED',
    'PAYER_NOT_FOUND',
    'NOT_RECEIVED',
    'UNSPECIFIED_FAILURE',
    'RECIPIENT_NOT_FOUND',
    'RECIPIENT_LIMIT_REACHED',
    'PAWAPAY_WALLET_OUT_OF_FUNDS',
    'PAYOUTS_NOT_ALLOWED',
    'REFUNDS_NOT_ALLOWED',
    'MANUALLY_CANCELLED',
    'REFUND_IN_PROGRESS',
    'DEPOSIT_ALREADY_REFUNDED',
    'AMOUNT_TOO_LARGE',
  ]
  for (const code of codes) {
    const outcome: Outcome = declined(code)
    expect(outcome).toMatchObject({ kind: 'declined', code })
    expect(outcome.kind === 'declined' && outcome.message).not.toContain(code)
  }
})

// A completed deposit whose amount cannot be read as the currency it names may be of any size: it must not look like
// one that names no amount at all.
test.each([
  ['1500.50', 'RWF'],
  ['1500', 'XAF'],
  ['one thousand', 'RWF'],
  ['', 'RWF'],
])('a completed deposit of %j %s is not taken for the amount that was asked', (amount, currency) => {
  const found = fromLookup({
    status: 'FOUND',
    data: { depositId: '8917c345-4791-4285-a416-62f24b6982db', status: 'COMPLETED', amount, currency },
  })
  expect(found).not.toMatchObject({ kind: 'completed', amount: undefined })
})

function configurationOf(name: string): Parameters<typeof findOffer>[0] {
  const read = fixture(name)
  if (!ActiveConfiguration.Check(read)) throw new Error('unreadable')
  return read
}

test('an account offers what its active configuration says', () => {
  const configuration = configurationOf('active-conf.json')
  expect(findOffer(configuration, 'MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toEqual({
    decimals: 0,
    minimum: money(100n, 'RWF'),
    maximum: money(2_000_000n, 'RWF'),
    promptHelp: { dialCode: '*182*7*1#', steps: { en: ['Dial *182*7*1#'] } },
  })
  expect(findOffer(configuration, 'MTN_MOMO_LBR', 'COLLECTION', 'USD')).toEqual({
    decimals: 2,
    minimum: money(50n, 'USD'),
    maximum: money(250_000n, 'USD'),
  })
  expect(findOffer(configuration, 'MTN_MOMO_LBR', 'COLLECTION', 'LRD')?.decimals).toBe(0)
  expect(findOffer(configuration, 'MTN_MOMO_RWA', 'REFUND', 'RWF')).toEqual({
    decimals: 0,
    minimum: undefined,
    maximum: undefined,
  })
})

test.each([
  ['a delayed operator takes no deposits', 'AIRTEL_RWA', 'COLLECTION', 'RWF'],
  ['a closed operator takes nothing', 'AIRTEL_RWA', 'PAYOUT', 'RWF'],
  ['a status of a later version is no promise', 'ORANGE_MONEY_LBR', 'COLLECTION', 'LRD'],
  ['decimals of a later version are no promise', 'ORANGE_MONEY_LBR', 'COLLECTION', 'USD'],
  ['a currency the operator does not have', 'MTN_MOMO_RWA', 'COLLECTION', 'USD'],
  ['an operation the operator does not have', 'MTN_MOMO_LBR', 'PAYOUT', 'USD'],
  ['an operation pawaPay does not have', 'MTN_MOMO_RWA', 'TRANSFER', 'RWF'],
  ['an operator the account does not have', 'ORANGE_MONEY_RWA', 'COLLECTION', 'RWF'],
  ['a method of another network', 'CREDIT_CARD', 'COLLECTION', 'USD'],
] as const)('%s', (_rule, method, operation, currency) => {
  expect(findOffer(configurationOf('active-conf.json'), method, operation, currency)).toBeUndefined()
})

describe('the way to a question that did not come by itself', () => {
  const helpOf = (differences: object): unknown => {
    const configuration = structuredClone(configurationOf('active-conf.json'))
    const operations = configuration.countries[0]?.providers[0]?.currencies[0]?.operationTypes
    if (!operations || Array.isArray(operations)) throw new Error('another fixture')
    Object.assign(operations['DEPOSIT'] ?? {}, differences)
    return findOffer(configuration, 'MTN_MOMO_RWA', 'COLLECTION', 'RWF')?.promptHelp
  }
  const instructions = (channel: object) => ({ pinPromptInstructions: { channels: [channel] } })
  const ussd = { type: 'USSD', quickLink: 'tel:*182*7*1%23', instructions: {} }

  test('is dialled, with a colon in the link or without', () => {
    expect(helpOf(instructions(ussd))).toEqual({ dialCode: '*182*7*1#', steps: {} })
    expect(helpOf(instructions({ ...ussd, quickLink: 'tel%2A182%23' }))).toEqual({ dialCode: '*182#', steps: {} })
    expect(helpOf({ pinPromptRevivable: false, pinPrompt: 'MANUAL' })).toMatchObject({ dialCode: '*182*7*1#' })
  })

  test.each([
    ['the operator does not ask again', { pinPromptRevivable: false }],
    ['it is an app', instructions({ ...ussd, type: 'APP' })],
    ['nothing can be dialled', instructions({ ...ussd, quickLink: 'https://operator.example/' })],
    ['a link does more than dial', instructions({ ...ussd, quickLink: 'tel:*182#;phone-context=x' })],
    ['there is none', { pinPromptInstructions: undefined }],
    ['it is written in a way of a later version', { pinPromptInstructions: ['dial'] }],
  ])('is left out where %s', (_why, differences) => {
    expect(helpOf(differences)).toBeUndefined()
  })
})

test('a payout goes through a delayed operator: only deposits are refused', () => {
  expect(findOffer(configurationOf('active-conf.json'), 'MTN_MOMO_RWA', 'PAYOUT', 'RWF')).toMatchObject({ decimals: 0 })
})

test('the older shape of the configuration, operations as a list, says the same', () => {
  const configuration = configurationOf('active-conf-older.json')
  expect(findOffer(configuration, 'MTN_MOMO_RWA', 'COLLECTION', 'RWF')).toEqual({
    decimals: 0,
    minimum: money(100n, 'RWF'),
    maximum: money(2_000_000n, 'RWF'),
  })
  expect(findOffer(configuration, 'MTN_MOMO_RWA', 'PAYOUT', 'RWF')).toBeUndefined()
  expect(findOffer(configuration, 'MTN_MOMO_RWA', 'REFUND', 'RWF')).toBeUndefined()
})

test.each([
  ['MTN_MOMO_RWA', 'COLLECTION', 'OPERATIONAL'],
  ['MTN_MOMO_RWA', 'PAYOUT', 'DELAYED'],
  ['AIRTEL_RWA', 'PAYOUT', 'CLOSED'],
  ['MTN_MOMO_LBR', 'PAYOUT', 'ABSENT'],
  // One of its currencies works, the other is a word nobody knows.
  ['ORANGE_MONEY_LBR', 'COLLECTION', 'OPERATIONAL'],
  ['ORANGE_MONEY_RWA', 'COLLECTION', 'ABSENT'],
  ['MTN_MOMO_RWA', 'TRANSFER', 'ABSENT'],
  ['CREDIT_CARD', 'COLLECTION', 'ABSENT'],
] as const)('%s stands for a %s as %s', (method, operation, status) => {
  expect(findStatus(configurationOf('active-conf.json'), method, operation)).toBe(status)
})
