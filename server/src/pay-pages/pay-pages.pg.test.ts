import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { findBrokenRules } from '../../test/support/books.ts'
import { aPayable, type PayableOptions } from '../../test/support/builders.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { aClock, aProvider, refused, silence, type TestClock, type TestProvider } from '../../test/support/fakes.ts'
import { addMs } from '../kernel/clock.ts'
import { type Currency } from '../kernel/currencies.ts'
import { mintReference } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { money } from '../kernel/money.ts'
import { Problem } from '../kernel/problem.ts'
import { openPool, type Pool } from '../platform/db/pool.ts'
import { RateLimited } from '../platform/http/problems.ts'
import { requireAllowance } from '../platform/http/rate-limit.ts'
import { openLog } from '../platform/log.ts'
import { createRateLimiter } from '../platform/rate-limit/limiter.ts'
import { type Offer } from '../providers/provider.ts'
import { checkDue, createExecuteCollection, createRecordOutcome } from '../executions/index.ts'
import { createPrices } from '../fees/index.ts'
import { openLink } from '../links/index.ts'
import { createSessions } from '../sessions/index.ts'
import { findSourceById } from '../sources/index.ts'
import { writeOption } from './model.ts'
import {
  askWhetherWaiting,
  openPayPage,
  pay,
  type PayPagesContext,
  type PayForm,
  type PayPage,
  type SentForm,
} from './service.ts'

let database: TestDatabase
let pool: Pool

beforeAll(async () => {
  database = await createTestDatabase()
  pool = openPool({ connection: { connectionString: database.url }, maxConnections: 8, onIdleError: () => undefined })
})
afterAll(async () => {
  await pool.end()
  await database.drop()
})

afterEach(async () => {
  expect(await findBrokenRules(pool)).toEqual({})
})

interface Server {
  readonly context: PayPagesContext
  readonly checks: Parameters<typeof checkDue>[0]
}

/** One process: groups of its own, and the network it is given. */
function aServer(provider: TestProvider, clock: TestClock = aClock(), promptGuardSeconds = 0): Server {
  const log = openLog('silent')
  const providers = new Map([[provider.name, provider]])
  const recordOutcome = createRecordOutcome(pool, clock, log)
  const prices = createPrices(pool, clock)
  const shared = { db: pool, clock, mintReference, prices, providers }
  return {
    context: {
      ...shared,
      sessions: createSessions({ db: pool, clock, providers, findRefundable: async () => undefined }),
      executeCollection: createExecuteCollection({ ...shared, recordOutcome, promptGuardSeconds }),
      admitTry: requireAllowance(createRateLimiter({ db: pool, clock, name: 'try', callsPerMinute: 10 })),
    },
    checks: { db: pool, clock, log, providers, recordOutcome },
  }
}

/** A network that offers what it is told to, by method and currency. */
const offering = (offers: Readonly<Record<string, Offer>>): TestProvider => ({
  ...aProvider(),
  offer: (method, _operation, currency) => offers[`${method} ${currency}`],
})

const anything: Offer = { decimals: 2, minimum: undefined, maximum: undefined }

async function aToken(its: PayableOptions = {}, expiresAt?: Date): Promise<string> {
  const { merchantId, sourceId } = await aPayable(pool, its)
  const source = await findSourceById(pool, merchantId, sourceId)
  invariant(source, 'a document just made')
  return (await openLink(pool, source, 'PAY', { now: aClock().now(), expiresAt })).token
}

function formOf(page: PayPage): PayForm {
  if (page.kind !== 'payable') throw new Error(`no form: ${page.kind}`)
  return page.form
}

/** What a browser sends of a form when the payer takes the first option. */
function sentOf({ options: [first], reference }: PayForm): SentForm {
  invariant(first, 'an option')
  return { option: writeOption(first), phone: '231880000001', reference, sure: '231880000001' }
}

const offered = async (server: Server, token: string): Promise<string[]> => {
  const page = await openPayPage(server.context, token)
  if (page.kind === 'unpayable') return []
  return formOf(page).options.map(({ method, currency }) => `${method} ${currency}`)
}

test('a page offers what the network offers now, in each currency that has a price', async () => {
  const token = await aToken()
  const offers = { 'MTN_MOMO_LBR LRD': anything, 'AIRTEL_RWA RWF': anything, 'CREDIT_CARD USD': anything }
  const server = aServer(offering(offers))
  expect(await offered(server, token)).toEqual(['MTN_MOMO_LBR LRD', 'AIRTEL_RWA RWF'])
  expect(formOf(await openPayPage(server.context, token))).toMatchObject({ nearby: 1, chosen: undefined })
  expect(await offered(aServer(offering({})), token)).toEqual([])
})

test('a page offers nothing that the network would refuse', async () => {
  // USD 250.00 and 3 % of fees on top; LRD at 200 and another 1 % for the exchange.
  const token = await aToken({ total: money(25_000n, 'USD') })
  const bounds = (minimum: bigint, maximum: bigint, currency: Currency): Offer => ({
    decimals: 2,
    minimum: money(minimum, currency),
    maximum: money(maximum, currency),
  })
  const carries = async (offer: Offer, name = 'MTN_MOMO_LBR USD') =>
    (await offered(aServer(offering({ [name]: offer })), token)).length === 1
  expect(await carries(bounds(1n, 25_750n, 'USD'))).toBe(true)
  expect(await carries(bounds(1n, 25_749n, 'USD'))).toBe(false)
  expect(await carries(bounds(25_750n, 99_999n, 'USD'))).toBe(true)
  expect(await carries(bounds(25_751n, 99_999n, 'USD'))).toBe(false)
  expect(await carries({ ...anything, decimals: 0 })).toBe(false)
  expect(await carries({ ...anything, decimals: 0 }, 'MTN_MOMO_LBR LRD')).toBe(true)
})

test('a silent network: the payer waits, every other try waits with them, and the money is asked for once', async () => {
  const provider = aProvider({ submit: () => silence })
  const server = aServer(provider)
  const token = await aToken()
  const [form, other] = [
    formOf(await openPayPage(server.context, token)),
    formOf(await openPayPage(server.context, token)),
  ]
  expect(form.reference).not.toBe(other.reference)
  for (const sent of [sentOf(form), sentOf(form), sentOf(other)]) {
    expect(await pay(server.context, token, sent)).toEqual({ kind: 'tried', reference: sent.reference })
    const page = await openPayPage(server.context, token, sent)
    expect(page).toMatchObject({ kind: 'waiting', attempt: { status: 'PENDING', accountNumber: '231880000001' } })
  }
  expect(provider.orders).toHaveLength(1)
  const later = aServer(provider, aClock(addMs(aClock().now(), 20_000)))
  await checkDue(later.checks)
  expect((await openPayPage(later.context, token, form)).kind).toBe('paid')
  expect(await pay(later.context, token, sentOf(other))).toMatchObject({ kind: 'tried' })
  expect(provider.orders).toHaveLength(1)
})

test('two servers that get the same form, and another tab’s, at the same moment charge once', async () => {
  for (let round = 0; round < 5; round += 1) {
    const provider = aProvider()
    const servers = [aServer(provider), aServer(provider)]
    const [first, second] = servers
    invariant(first && second, 'two servers')
    const token = await aToken()
    const form = sentOf(formOf(await openPayPage(first.context, token)))
    const tab = sentOf(formOf(await openPayPage(second.context, token)))
    const answers = await Promise.all(
      servers.flatMap(({ context }) => [form, tab].map((sent) => pay(context, token, sent))),
    )
    expect(answers.map(({ kind }) => kind)).toEqual(['tried', 'tried', 'tried', 'tried'])
    expect(provider.orders).toHaveLength(1)
  }
})

test('a refusal at once is told with its reason; the next form charges anew', async () => {
  const provider = aProvider({ submit: () => refused })
  const server = aServer(provider)
  const token = await aToken()
  const sent = sentOf(formOf(await openPayPage(server.context, token)))
  await pay(server.context, token, sent)
  expect(await openPayPage(server.context, token, sent)).toMatchObject({
    kind: 'failed',
    mayTryAgain: true,
    attempt: { failureCode: 'PAYMENT_NOT_APPROVED', message: 'The payer did not approve.' },
  })
  await pay(server.context, token, sent)
  expect(provider.orders).toHaveLength(1)
  await pay(server.context, token, sentOf(formOf(await openPayPage(server.context, token))))
  expect(provider.orders).toHaveLength(2)
})

test('a link stops paying at its time, to the millisecond, on the server’s clock', async () => {
  const clock = aClock()
  const provider = aProvider()
  const server = aServer(provider, clock)
  const token = await aToken({}, addMs(clock.now(), 60_000))
  const sent = sentOf(formOf(await openPayPage(server.context, token)))
  clock.advance(59_999)
  expect((await openPayPage(server.context, token)).kind).toBe('payable')
  clock.advance(1)
  expect(await pay(server.context, token, sent)).toMatchObject({ kind: 'shown', page: { kind: 'expired' } })
  expect(provider.orders).toEqual([])
})

test('the tries at one link are counted, and those of another are its own', async () => {
  const clock = aClock()
  const server = aServer(aProvider(), clock)
  const [token, other] = [await aToken(), await aToken()]
  const wrong: SentForm = { option: '', phone: '', reference: '', sure: '' }
  for (let tries = 0; tries < 10; tries += 1) await pay(server.context, token, wrong)
  await expect(pay(server.context, token, wrong)).rejects.toThrow(RateLimited)
  expect(await pay(server.context, other, wrong)).toMatchObject({ kind: 'shown' })
  clock.advance(60_000)
  expect(await pay(server.context, token, wrong)).toMatchObject({ kind: 'shown' })
})

test('another operator than a number suggests is asked about once, and then believed', async () => {
  const provider = aProvider()
  const server = aServer(provider)
  const token = await aToken()
  const form = formOf(await openPayPage(server.context, token))
  const orange = form.options.find(({ method }) => method === 'ORANGE_MONEY_LBR')
  invariant(orange, 'an option')
  const sent = { option: writeOption(orange), phone: '0880 000 001', reference: form.reference, sure: '' }
  const asked = await pay(server.context, token, sent)
  expect(asked).toMatchObject({
    kind: 'shown',
    page: { form: { mistake: 'operator', guess: 'MTN_MOMO_LBR', chosen: { method: 'ORANGE_MONEY_LBR' } } },
  })
  // Another number is another question.
  expect(await pay(server.context, token, { ...sent, sure: '0881 000 001' })).toMatchObject({ kind: 'shown' })
  expect(provider.orders).toEqual([])
  expect(await pay(server.context, token, { ...sent, sure: sent.phone })).toMatchObject({ kind: 'tried' })
  expect(provider.orders).toMatchObject([{ method: 'ORANGE_MONEY_LBR', phone: '231880000001' }])
})

test('who waits is told to look once there is something to see, whether they made the try or not', async () => {
  const provider = aProvider()
  const server = aServer(provider)
  const token = await aToken()
  const sent = sentOf(formOf(await openPayPage(server.context, token)))
  expect(await askWhetherWaiting(server.context, token, undefined)).toBe('changed')
  await pay(server.context, token, sent)
  for (const reference of [sent.reference, undefined]) {
    expect(await askWhetherWaiting(server.context, token, reference)).toBe('waiting')
  }
  provider.will({ find: () => refused })
  await checkDue(aServer(provider, aClock(addMs(aClock().now(), 20_000))).checks)
  for (const reference of [sent.reference, undefined]) {
    expect(await askWhetherWaiting(server.context, token, reference)).toBe('changed')
    const page = await openPayPage(server.context, token, { reference, waited: true })
    expect(page).toMatchObject({ kind: 'failed', attempt: { failureCode: 'PAYMENT_NOT_APPROVED' } })
  }
  expect((await openPayPage(server.context, token)).kind).toBe('payable')
  expect(await askWhetherWaiting(server.context, 'x'.repeat(32), undefined)).toBe('unknown')
})

test('who waits is told how to bring up the question, where the network says so', async () => {
  const promptHelp = { dialCode: '*182*7*1#', steps: { en: ['Dial *182*7*1#', 'Enter PIN'] } }
  const provider = aProvider({ offer: { ...anything, promptHelp } })
  const server = aServer(provider)
  const token = await aToken()
  await pay(server.context, token, sentOf(formOf(await openPayPage(server.context, token))))
  expect(await openPayPage(server.context, token)).toMatchObject({ kind: 'waiting', help: promptHelp })
  const ignorant = {
    ...aProvider(),
    offer: () => {
      throw new Problem('unavailable', 'Service Unavailable')
    },
  }
  expect(await openPayPage(aServer(ignorant).context, token)).toMatchObject({ kind: 'waiting', help: undefined })
})

test('a phone that has another payment to approve is not asked twice: its owner is told, and the same form pays later', async () => {
  const provider = aProvider()
  const clock = aClock()
  const server = aServer(provider, clock, 300)
  const [first, second] = [await aToken(), await aToken()]
  const phone = '231881234567'
  const formAt = async (token: string) => sentOf(formOf(await openPayPage(server.context, token)))
  await pay(server.context, first, { ...(await formAt(first)), phone, sure: phone })
  const sent = { ...(await formAt(second)), phone, sure: phone }
  expect(await pay(server.context, second, sent)).toMatchObject({
    kind: 'shown',
    page: { form: { mistake: 'waits', reference: sent.reference } },
  })
  expect(provider.orders).toHaveLength(1)
  clock.advance(301_000)
  expect(await pay(server.context, second, sent)).toMatchObject({ kind: 'tried' })
  expect(provider.orders).toHaveLength(2)
})
