import { afterAll, expect, test } from 'vitest'
import { described } from '../conformance/described.ts'
import { createPool, type Pool } from '../fuzz/pool.ts'
import { type Figures, fuzz } from '../fuzz/run.ts'
import { type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectProviderToAgree, makeChecksDue } from '../support/black-box/books.ts'
import { aDocument, aDraft, anAttempt, anItem, aParty, kinds, namesOf, pay } from '../support/black-box/builders.ts'
import { createMerchant, pause } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

const requests = Number(process.env['DOLLR_FUZZ_REQUESTS'] ?? 1_000)
const seed = Number(process.env['DOLLR_FUZZ_SEED'] ?? Math.floor(Math.random() * 1_000_000_000))

const world = await createWorld({ payerDelayMs: 5 })
afterAll(world.close)

const stranger = await signIn(world.url, await createMerchant(world.database.url, 'Stranger'))

/** One of each kind of thing, as the lists and the look-ups of the API tell of them. */
async function livelihoodOf(api: Api): Promise<Pool> {
  const pool = createPool()
  const learn = async (id: string, answer: unknown, facts: Readonly<Record<string, unknown>> = {}) => {
    const operation = described.find((each) => each.id === id)
    if (operation) pool.learn(operation, facts, await answer)
  }
  for (const kind of kinds) {
    const { path, noun } = namesOf(kind)
    const draft = await aDraft(api, { kind })
    await learn(`add_${noun}_item`, { id: await anItem(api, draft) }, { kind, document: draft.id })
    const document = await aDocument(api, { kind })
    const { collection } = await pay(api, { kind })
    const attempt = await anAttempt(api, document)
    await learn(
      'create_checkout_session',
      { id: Number(attempt.session_id), source_id: document.id },
      { session: 'checkout' },
    )
    await learn('create_payment_account', { id: Number(attempt.payment_account_id) }, { operation_type: 'COLLECTION' })
    await learn('collect', { reference_id: collection.reference_id }, { execution: 'collection' })
    await learn(`list_${noun}`, ok(api.get(`${path}/list`)))
  }
  const beneficiary = { account_name: 'B', provider: 'PAWAPAY', method: 'MTN_MOMO_LBR', party_id: await aParty(api) }
  const payout = api.post('/payment-accounts/create', beneficiary, { operation_type: 'PAYOUT' })
  await learn('create_payment_account', ok(payout), { operation_type: 'PAYOUT' })
  await learn('list_wallets', ok(api.get('/wallets/list')))
  await learn('list_parties', ok(api.get('/parties/list')))
  await learn('list_counterparties', ok(api.get('/counterparties/list')))
  return pool
}

const figures: Figures = { requests: 0, byStatus: new Map(), byOperation: new Map() }

function describeFigures(seconds: number): string {
  const statuses = [...figures.byStatus].sort().map(([status, count]) => `${status}: ${count}`)
  const operations = [...figures.byOperation]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([id, { all, good }]) => `  ${id}: ${all}, ${good} of them 200`)
  return [
    `Fuzzing with seed ${seed}: ${figures.requests} requests in ${seconds.toFixed(1)} s (${statuses.join(', ')})`,
    ...operations,
    '',
  ].join('\n')
}

/** All but what the simulator never ends: payments of a payer who never answers. */
async function untilSettled(): Promise<void> {
  const deadline = Date.now() + 30_000
  for (;;) {
    await makeChecksDue(world.database.pool)
    const { rows } = await world.database.pool.query(
      `select id from executions where status in ('PENDING', 'PROCESSING') and account_number not like '%129'`,
    )
    if (rows.length === 0 || Date.now() > deadline) return
    await pause(50)
  }
}

test(
  'nothing that can be sent gets an answer nobody was promised, and nothing moves money that should not',
  async () => {
    const [known, foreign] = [await livelihoodOf(world.api), await livelihoodOf(stranger)]
    const api = apiClient(world.url, world.api.token, { keep: false })
    const started = performance.now()
    // Wrong codes lock the passcode, as they should, and then nothing would be paid out any more.
    const beforeRound = () => world.database.pool.query(`update passcodes set wrong_at = '{}'`)
    await fuzz({ api, known, foreign, figures, beforeRound }, { requests, seed }).finally(() => {
      process.stdout.write(describeFigures((performance.now() - started) / 1000))
    })
    expect(figures.requests).toBeGreaterThanOrEqual(requests)
    expect(await ok(apiClient(world.url).send({ method: 'GET', path: '/health' }))).toEqual({ status: 'ok' })
    await expectBooksToBalance(world.database.pool)
    await untilSettled()
    await expectBooksToBalance(world.database.pool)
    await expectProviderToAgree(world.database.pool, world.network.deposits())
  },
  120_000 + requests * 60,
)
