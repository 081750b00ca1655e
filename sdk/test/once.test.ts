import fc from 'fast-check'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectBooksToBalance, expectNetworkToAgree } from '../../server/test/support/black-box/books.ts'
import { anAccount, aDocument } from '../../server/test/support/black-box/builders.ts'
import { aPayoutAccount } from '../../server/test/support/black-box/money-out.ts'
import { createWorld } from '../../server/test/support/black-box/world.ts'
import { ConflictError, type Dollr, type Execution, type Intent, UnknownOutcomeError } from '../src/index.ts'
import { type NetworkFault, networkFaults, startFaultProxy } from './support/fault-proxy.ts'
import { approval, hastyClock, sandboxMerchantAt } from './support/sandbox.ts'

const world = await createWorld({ payerDelayMs: 10 })
const proxy = await startFaultProxy(world.url)
afterAll(async () => {
  await proxy.close()
  await world.close()
})
beforeEach(() => {
  proxy.befall([])
})
afterEach(async () => {
  await proxy.quiet()
  await expectBooksToBalance(world.database.pool)
  await expectNetworkToAgree(world.database.pool, world.network)
})

/** Nothing ever happens to it: it knows how things really are. */
const witness = sandboxMerchantAt(world.url(), { clock: hastyClock })

/** Chance decides what befalls each call, and after how many of them the process that calls dies, if it does. */
const runs = fc.record({
  faults: fc.array(fc.constantFrom<NetworkFault>(...networkFaults), { maxLength: 14 }),
  diesAfter: fc.option(fc.nat({ max: 8 }), { nil: undefined }),
})
type Run = typeof runs extends fc.Arbitrary<infer T> ? T : never

const seed = Number(process.env['DOLLR_SDK_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = Number(process.env['DOLLR_SDK_RUNS'] ?? 24)

type Pay = (dollr: Dollr, options: { readonly signal: AbortSignal; readonly reference?: string }) => Promise<Execution>

/**
 * Pays as a merchant's program does that keeps references: it may die at any call, and whoever starts it anew goes on with
 * the reference it finds, as often as it takes.
 */
async function payPersistently(baseUrl: string, pay: Pay, diesAfter?: number): Promise<Execution> {
  const kept: Intent[] = []
  for (let lives = 1; ; lives += 1) {
    const life = new AbortController()
    let calls = 0
    const fetchUntilDeath: typeof fetch = (input, init) => {
      calls += 1
      if (lives === 1 && calls > (diesAfter ?? Infinity)) life.abort(new Error('died'))
      return fetch(input, init)
    }
    const dollr = sandboxMerchantAt(baseUrl, {
      clock: hastyClock,
      fetch: fetchUntilDeath,
      onReference: (_, intent) => kept.push(intent),
    })
    const reference = kept.at(-1)?.reference
    try {
      return await pay(dollr, { signal: life.signal, ...(reference !== undefined && { reference }) })
    } catch (error) {
      // Died, or at its wit's end: begun anew. Anything else would be a refusal, and nothing here is to be refused.
      if (!life.signal.aborted && !(error instanceof UnknownOutcomeError) && !isSilence(error)) throw error
      if (lives > 30) throw error
    }
  }
}

function payThroughFaults({ faults, diesAfter }: Run, pay: Pay): Promise<Execution> {
  proxy.befall(faults)
  return payPersistently(proxy.url, pay, diesAfter)
}

/** Before the payment itself is sent, whatever cannot be reached is just that. */
const isSilence = (error: unknown): boolean => ['network', 'server'].includes((error as { code?: string }).code ?? '')

async function executionsOf(filter: Parameters<Dollr['executions']['list']>[0]): Promise<Execution[]> {
  const found: Execution[] = []
  for await (const each of witness.executions.list(filter)) found.push(each)
  return found
}

describe('whatever befalls the calls, and whenever the caller dies', () => {
  test('a collection charges once and ends in its true status', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const document = await aDocument(world.api)
        const account = await anAccount(world.api)
        const asked = {
          source: { source_type: document.kind, source_id: document.id },
          account,
          currency: 'USD',
        } as const
        const before = world.network.deposits().length

        const execution = await payThroughFaults(run, (dollr, options) => dollr.collect({ ...asked, ...options }))
        const final = await sandboxMerchantAt(proxy.url, { clock: hastyClock }).waitFor(execution)
        await proxy.quiet()

        const truth = await witness.status.collection({ reference_id: execution.reference_id })
        expect(final).toEqual(truth)
        expect(truth.status).toBe('COMPLETED')
        expect(await executionsOf({ source_type: document.kind, source_id: document.id })).toMatchObject([
          { reference_id: execution.reference_id },
        ])
        expect(world.network.deposits().length - before).toBe(1)
      }),
      { seed, numRuns },
    )
  })

  test('a payout pays once, though no document stands guard over it', { timeout: 300_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (run) => {
        const account = await aPayoutAccount(world.api)
        const asked = { account, amount: 3, currency: 'USD', passcode: approval } as const
        const before = world.network.payouts().length

        const execution = await payThroughFaults(run, (dollr, options) => dollr.payout({ ...asked, ...options }))
        const final = await witness.waitFor(execution)
        await proxy.quiet()

        expect(final.status).toBe('COMPLETED')
        expect(world.network.payouts().length - before).toBe(1)
      }),
      { seed, numRuns: Math.ceil(numRuns / 2) },
    )
  })

  test('two who try again after the same failure make one payout, at the same time or one after the other', async () => {
    const failed = await witness.waitFor(
      await witness.payout({
        account: await aPayoutAccount(world.api, { insensitive_account_number: '231880000089' }),
        amount: 3,
        currency: 'USD',
        passcode: approval,
      }),
    )
    expect(failed).toMatchObject({ status: 'FAILED', retry: { new_reference: true } })
    const account = await aPayoutAccount(world.api)
    const asked = { account, amount: 3, currency: 'USD', passcode: approval, after: failed } as const
    const before = world.network.payouts().length

    const both = await Promise.all([witness.payout(asked), witness.payout(asked)])
    const finals = await Promise.all(both.map((each) => witness.waitFor(each)))
    const late = await witness.payout(asked)

    expect(finals.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED'])
    expect(new Set([...finals, late].map(({ reference_id }) => reference_id)).size).toBe(1)
    expect(world.network.payouts().length - before).toBe(1)
    await expect(witness.payout({ ...asked, after: late })).rejects.toMatchObject({
      code: 'payment_stands',
      execution: { status: 'COMPLETED' },
    })
  })

  test('two who try again at one document under different references charge its payer once', async () => {
    const document = await aDocument(world.api)
    const source = { source_type: document.kind, source_id: document.id } as const
    const declining = await anAccount(world.api, { phone: '231880000039' })
    const failed = await witness.waitFor(await witness.collect({ source, account: declining, currency: 'USD' }))
    expect(failed).toMatchObject({ status: 'FAILED', retry: { new_reference: true } })
    const asked = { source, account: await anAccount(world.api), currency: 'USD' } as const
    const before = world.network.deposits().length

    // The second reads `retry` by itself, and makes a reference of its own.
    const both = await Promise.allSettled([witness.collect({ ...asked, after: failed }), witness.collect(asked)])

    const taken = both.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    const refused = both.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []))
    expect(taken).toHaveLength(1)
    expect(refused).toEqual([expect.any(ConflictError)])
    for (const each of taken) expect((await witness.waitFor(each)).status).toBe('COMPLETED')
    expect(world.network.deposits().length - before).toBe(1)
  })

  test('whoever makes a new reference for another try pays twice: there is something to get wrong', async () => {
    const account = await aPayoutAccount(world.api)
    const asked = { account, amount: 3, currency: 'USD', passcode: approval } as const
    const before = world.network.payouts().length
    const careless = sandboxMerchantAt(proxy.url, { clock: hastyClock, retries: 0 })
    // The token, the session, the payment, and the question what became of it.
    proxy.befall(['none', 'none', 'lost reply', 'lost reply'])
    await expect(careless.payout(asked)).rejects.toBeInstanceOf(UnknownOutcomeError)
    await witness.waitFor(await careless.payout(asked))
    expect(world.network.payouts().length - before).toBe(2)
  })
})

describe('with the sandbox’s own faults', () => {
  const rate = 0.3
  const faults = ['/v1/executions/', '/v1/status/', '/v1/sessions/'].flatMap((path) => [
    { fault: 'lost_reply' as const, rate, path },
    { fault: 'error_after_effect' as const, rate, path },
  ])
  afterEach(() => witness.sandbox.clearFaults())

  test('every collection and every payout happens once', { timeout: 300_000 }, async () => {
    const many = 12
    const [deposits, payouts] = [world.network.deposits().length, world.network.payouts().length]
    const documents = await Promise.all(Array.from({ length: many }, () => aDocument(world.api)))
    const [payer, payee] = [await anAccount(world.api), await aPayoutAccount(world.api)]
    await witness.sandbox.setFaults({ seed, faults })

    const collections = documents.map(({ kind, id }) => {
      const asked = { source: { source_type: kind, source_id: id }, account: payer, currency: 'USD' } as const
      return payPersistently(world.url(), (dollr, options) => dollr.collect({ ...asked, ...options }))
    })
    const sent = documents.map(() => {
      const asked = { account: payee, amount: 3, currency: 'USD', passcode: approval } as const
      return payPersistently(world.url(), (dollr, options) => dollr.payout({ ...asked, ...options }))
    })
    const executions = await Promise.all([...collections, ...sent])
    const { faults: injected } = await witness.sandbox.faults()
    await witness.sandbox.clearFaults()

    const finals = await Promise.all(executions.map((execution) => witness.waitFor(execution)))
    expect(new Set(finals.map(({ status }) => status))).toEqual(new Set(['COMPLETED']))
    expect(world.network.deposits().length - deposits).toBe(many)
    expect(world.network.payouts().length - payouts).toBe(many)
    // They did happen.
    expect(injected.reduce((sum, each) => sum + each.injected, 0)).toBeGreaterThan(many)
  })
})
