import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { type Answer, type Api, apiClient, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance, expectPaymentsToAgree } from '../support/black-box/books.ts'
import { anAttempt, aDocument, type Execution, executionOf } from '../support/black-box/builders.ts'
import { aPayout, aRefund, aTransfer } from '../support/black-box/money-out.ts'
import { startFleet } from '../support/black-box/fleet.ts'
import { startMortalPostgres } from '../support/black-box/mortal-postgres.ts'
import { pause, sandboxCredentials } from '../support/black-box/server-process.ts'
import { judgeWebhooks, startForgetfulReceiver } from '../support/black-box/webhooks-told.ts'

/** Every process is killed again and again under load; afterwards no payment may be lost, doubled or left open. */
const wantedKills = Number(process.env['DOLLR_KILLS'] ?? 4)
/** One in so many kills is of PostgreSQL. */
const databaseEvery = 4
const clients = 8
const settleLimitMs = 90_000

interface Sent {
  readonly reference: string
  /** What the server said of it last. */
  readonly answer: Execution
}

interface Report {
  readonly kills: Map<string, number>
  readonly sent: Sent[]
  /** Collections of which nothing was given back yet. */
  readonly collected: string[]
  retries: number
  begunAnew: number
  goesOn: boolean
}

const count = (kills: ReadonlyMap<string, number>): number => [...kills.values()].reduce((sum, each) => sum + each, 0)

/**
 * A client that does not know whether it was heard asks again, the other process next, until somebody answers. Whatever is
 * made twice by that is made twice; an execution is not.
 */
function insistent(api: Api, report: Report, turn: () => void): Api {
  const insist = async (ask: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        const answer = await ask()
        if (answer.status < 500) return answer
      } catch (error) {
        // What `fetch` throws for a connection that broke or was refused.
        if (!(error instanceof TypeError)) throw error
      }
      report.retries += 1
      turn()
      await pause(50)
    }
  }
  return {
    token: api.token,
    send: (call) => insist(() => api.send(call)),
    get: (path, query) => insist(() => api.get(path, query)),
    post: (path, json, query) => insist(() => api.post(path, json, query)),
    put: (path, json) => insist(() => api.put(path, json)),
    delete: (path) => insist(() => api.delete(path)),
  }
}

interface Order {
  readonly path: string
  readonly body: { readonly reference_id: string }
}

const aCollection = async (api: Api): Promise<Order> => ({
  path: '/executions/collection',
  body: await anAttempt(api, await aDocument(api), { phone: anyPhone() }),
})

/** Gives back some of a collection that is paid by now; undefined while none is. */
async function someRefund(api: Api, { collected }: Report): Promise<Order | undefined> {
  const reference = collected.shift()
  if (reference === undefined) return undefined
  const collection = (await ok(executionOf(api, { reference_id: reference }))) as Execution
  if (collection.status === 'COMPLETED') return aRefund(api, { amount: 5, collection })
  if (collection.status !== 'FAILED') collected.push(reference)
  return undefined
}

const works: readonly ((api: Api, report: Report) => Promise<Order | undefined>)[] = [
  aCollection,
  (api) => aPayout(api, { phone: anyPhone(), amount: 1 }),
  someRefund,
  (api) => aTransfer(api, 1),
]

/** Most of them pay; some decline, or are not found. */
const anyPhone = (): string => {
  const number = Math.floor(Math.random() * 10_000)
  const ending = Math.random() < 0.1 ? '039' : '100'
  return `23188${String(number).padStart(4, '0')}${ending}`
}

/** What leads up to an execution has no key: who publishes once more after a lost reply is refused, and begins anew. */
async function prepare(api: Api, report: Report, make: (typeof works)[number] | undefined): Promise<Order | undefined> {
  try {
    return (await make?.(api, report)) ?? (await aCollection(api))
  } catch (error) {
    if (!String(error).includes('answered 422')) throw error
    report.begunAnew += 1
    return undefined
  }
}

async function work(api: Api, report: Report): Promise<void> {
  while (report.goesOn) {
    const make = works[Math.floor(Math.random() * works.length)]
    const order = await prepare(api, report, make)
    if (!order) continue
    const answer = await api.post(order.path, order.body)
    expect([order.path, answer.status, answer.body]).toEqual([order.path, 200, answer.body])
    report.sent.push({ reference: order.body.reference_id, answer: answer.body as Execution })
    if (order.path === '/executions/collection') report.collected.push(order.body.reference_id)
  }
}

/** The state of every payment the server ever acknowledged, compared with what it acknowledged. */
async function findLost(pool: pg.Pool, sent: readonly Sent[]): Promise<Sent[]> {
  const { rows } = await pool.query<{ reference_id: string; status: string }>(
    'select reference_id, status from executions where reference_id = any ($1)',
    [sent.map(({ reference }) => reference)],
  )
  const known = new Map(rows.map((row) => [row.reference_id, row.status]))
  return sent.filter(({ reference, answer }) => {
    const status = known.get(reference)
    const wasFinal = answer.status === 'COMPLETED' || answer.status === 'FAILED'
    return status === undefined || (wasFinal && status !== answer.status)
  })
}

async function countOpen(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query<{ open: number }>(
    `select count(*)::integer as open from executions where status in ('PENDING', 'PROCESSING')`,
  )
  return rows[0]?.open ?? 0
}

test(
  'processes and PostgreSQL killed at random lose nothing, double nothing, leave nothing open and nothing untold',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dollr-kills-'))
    const postgres = await startMortalPostgres()
    const fleet = await startFleet(postgres.url, folder)
    const report: Report = { kills: new Map(), sent: [], collected: [], retries: 0, begunAnew: 0, goesOn: true }
    let turn = 0
    const address = () => fleet.urls[turn % fleet.urls.length] ?? ''
    const { token } = await signIn(address, sandboxCredentials)
    const api = insistent(apiClient(address, token, { keep: false }), report, () => (turn += 1))

    const receiver = await startForgetfulReceiver()
    await ok(api.post('/webhook-endpoints/create', { url: receiver.url, events: ['*'] }))

    const load = Promise.all(Array.from({ length: clients }, () => work(api, report)))
    // A client that gives up ends the run at once; why is told when it is awaited.
    load.catch(() => (report.goesOn = false))
    const startedAt = Date.now()
    const victims = [{ name: 'PostgreSQL', kill: postgres.kill }, ...fleet.nodes]
    const dying = new Map<string, Promise<void>>()
    while (count(report.kills) < wantedKills && report.goesOn) {
      await pause(200 + Math.random() * 1_000)
      const isDatabasesTurn = (count(report.kills) + 1) % databaseEvery === 0
      // While one of a kind comes back the other one works: with nobody left, nothing would be under way to be lost.
      const kindOf = (name: string) => name.split(' ')[0]
      const alive = victims.filter(
        ({ name }) =>
          (name === 'PostgreSQL') === isDatabasesTurn &&
          ![...dying.keys()].some((each) => kindOf(each) === kindOf(name)),
      )
      const victim = alive[Math.floor(Math.random() * alive.length)]
      if (!victim) continue
      report.kills.set(victim.name, (report.kills.get(victim.name) ?? 0) + 1)
      dying.set(
        victim.name,
        victim.kill().finally(() => dying.delete(victim.name)),
      )
    }
    await Promise.all(dying.values())
    report.goesOn = false
    await load
    const lastKillAt = Date.now()

    const pool = new pg.Pool({ connectionString: postgres.url, max: 2 })
    pool.on('error', () => undefined)
    while ((await countOpen(pool)) > 0 && Date.now() - lastKillAt < settleLimitMs) await pause(100)

    const open = await countOpen(pool)
    const judge = () => judgeWebhooks(pool, receiver.taken)
    while ((await judge()).missing > 0 && Date.now() - lastKillAt < settleLimitMs) await pause(500)
    const told = await judge()
    const lost = await findLost(pool, report.sent)
    const finalAt = await fleet.network.finalAt()
    const { rows } = await pool.query<{ id: string; updated_at: Date; operation: string }>(
      `select provider_reference as id, updated_at, operation from executions where provider = 'PAWAPAY'`,
    )
    const waits = rows.flatMap(({ id, updated_at: at }) => {
      const final = finalAt.get(id)
      return final === undefined ? [] : [at.getTime() - final]
    })
    const doubled = await pool.query(
      `select merchant_id, reference_id from executions group by merchant_id, reference_id having count(*) > 1`,
    )
    process.stdout.write(
      [
        '',
        `Kills: ${count(report.kills)} in ${Math.round((lastKillAt - startedAt) / 1000)} s`,
        ...[...report.kills].sort().map(([name, times]) => `  ${name}: ${times}`),
        `Payments acknowledged: ${report.sent.length}, calls sent again: ${report.retries}, orders begun anew: ${report.begunAnew}`,
        `Lost: ${lost.length}`,
        `Doubled: ${doubled.rows.length}`,
        `Still open: ${open}`,
        `Longest from the network's last word to ours: ${(Math.max(0, ...waits) / 1000).toFixed(1)} s`,
        `Events: ${told.events}, not told by webhook: ${told.missing}, told out of order: ${told.outOfOrder}, told again: ${told.again}`,
        `Longest from an event to its webhook: ${(told.longestMs / 1000).toFixed(1)} s`,
        '',
      ].join('\n'),
    )
    expect(lost).toEqual([])
    expect(doubled.rows).toEqual([])
    expect(open).toBe(0)
    expect(told).toMatchObject({ missing: 0, outOfOrder: 0 })
    await expectBooksToBalance(pool)
    await expectPaymentsToAgree(pool, await fleet.network.payments())
    expect(Math.max(0, ...waits)).toBeLessThan(30_000)

    await pool.end()
    await fleet.end()
    await receiver.close()
    expect(fleet.nodes.flatMap((node) => node.complaints())).toEqual([])
    await postgres.remove()
    await rm(folder, { recursive: true, force: true })
  },
  120_000 + wantedKills * 15_000,
)
