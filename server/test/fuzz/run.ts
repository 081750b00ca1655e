import fc from 'fast-check'
import { described, type DescribedOperation } from '../conformance/described.ts'
import { type Answer, type Api, type Call } from '../support/black-box/api-client.ts'
import { chanceOf } from './chance.ts'
import { type Pool } from './pool.ts'
import { callOf, type Draft, draftOf, type Ids, spoil } from './requests.ts'

/** One step of a run: everything about it follows from these numbers and from what the server has told before. */
interface Step {
  readonly operation: string
  readonly seed: number
  /** Goes on with what the step before has made. */
  readonly follows: boolean
  /** How many things are wrong with it. */
  readonly wrongs: number
  readonly manner: 'plain' | 'odd' | 'twice'
}

const operations = new Map(described.map((operation) => [operation.id, operation]))

/** From a draft to a payment: what chance alone would seldom put in order. */
const flows: readonly (readonly string[])[] = (['invoice', 'order'] as const).flatMap((noun) => {
  const start = [`create_${noun}`, `add_${noun}_item`, `publish_${noun}`]
  const pay = ['create_checkout_session', 'create_payment_account', 'collect', 'get_collection_status']
  return [
    [...start, ...pay],
    [...start, ...pay, 'collect', 'create_checkout_session', 'collect', `retrieve_${noun}_receipt_by_id`],
    [...start, 'create_checkout_session', `cancel_${noun}`, 'collect'],
  ]
})

const outflows: readonly (readonly string[])[] = [
  ['create_payment_account', 'create_payout_session', 'payout', 'get_payout_status', 'payout'],
  ['create_party', 'create_counterparty', 'create_payout_session', 'create_transfer_session', 'transfer', 'transfer'],
  ['create_refund_session', 'refund', 'get_refund_status', 'create_refund_session', 'refund'],
  ['create_checkout_source', 'create_checkout_session', 'get_payment_link', 'collect', 'get_collection_realtime_key'],
]

const anyStep = (operation: fc.Arbitrary<string>): fc.Arbitrary<Step> =>
  fc.record({
    operation,
    follows: fc.boolean(),
    seed: fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
    wrongs: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 3 }) },
    ),
    manner: fc.oneof(
      { weight: 16, arbitrary: fc.constant('plain' as const) },
      { weight: 2, arbitrary: fc.constant('odd' as const) },
      { weight: 1, arbitrary: fc.constant('twice' as const) },
    ),
  })

const anyOperation = fc.constantFrom(...operations.keys())
const anyFlow = fc
  .constantFrom(...flows, ...outflows)
  .chain((names) => fc.tuple(...names.map((name) => anyStep(fc.constant(name)))))
  .map((steps) => steps.map((step) => ({ ...step, follows: true, wrongs: step.wrongs > 2 ? 1 : 0 })))

const anySteps: fc.Arbitrary<readonly Step[]> = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: anyStep(anyOperation).map((step) => [step]) }, { weight: 1, arbitrary: anyFlow }),
    {
      minLength: 1,
      maxLength: 40,
      size: 'max',
    },
  )
  .map((groups) => groups.flat())

export interface Figures {
  requests: number
  readonly byStatus: Map<string, number>
  readonly byOperation: Map<string, { all: number; good: number }>
}

export interface Setting {
  readonly api: Api
  /** What the merchant has to begin with; each sequence of steps begins with it again. */
  readonly known: Pool
  /** What another merchant has. */
  readonly foreign: Pool
  readonly figures: Figures
  /** What has to be put right again now and then, for requests to come through. */
  readonly beforeRound: () => Promise<unknown>
}

/** A server that has not answered by then hangs. */
const patienceMs = 15_000

const bytesShown = (bytes: Call['bytes']): string =>
  typeof bytes === 'object' ? `bytes ${bytes.join(' ')}` : (bytes ?? '')

const shown = ({ method, path, query, json, bytes, headers }: Call): string =>
  [
    method,
    path,
    query && Object.keys(query).length > 0 ? JSON.stringify(query) : '',
    headers ? JSON.stringify(headers).slice(0, 200) : '',
    (json === undefined ? bytesShown(bytes) : JSON.stringify(json)).slice(0, 600),
  ]
    .filter((part) => part !== '')
    .join(' ')

function count(figures: Figures, { id }: DescribedOperation, status: number): void {
  figures.requests += 1
  figures.byStatus.set(String(status), (figures.byStatus.get(String(status)) ?? 0) + 1)
  const of = figures.byOperation.get(id) ?? { all: 0, good: 0 }
  figures.byOperation.set(id, { all: of.all + 1, good: of.good + (status === 200 ? 1 : 0) })
}

/** Facts about a thing that its own answer does not tell. */
function contextOf(operation: DescribedOperation, path: Readonly<Record<string, unknown>>, call: Call) {
  const session = /^\/v1\/sessions\/(\w+)/.exec(operation.path)?.[1]
  const execution = /^\/v1\/executions\/(\w+)/.exec(operation.path)?.[1]
  return {
    ...(session !== undefined && { session }),
    ...(execution !== undefined && { execution }),
    ...(operation.path.includes('/items/') && {
      kind: operation.path.startsWith('/v1/orders/') ? 'ORDER' : 'INVOICE',
      document: path['invoice_id'] ?? path['order_id'],
    }),
    ...(call.query?.['operation_type'] !== undefined && { operation_type: call.query['operation_type'] }),
  }
}

/** An execution uses its session up, and its document waits for the outcome. */
function noteExecution(pool: Pool, { path }: DescribedOperation, body: Draft['body']): void {
  if (!path.startsWith('/v1/executions/')) return
  const id = Number(body?.['session_id'])
  const session = pool.choose(chanceOf(0), 'session', 0, (thing) => thing.id === id)
  if (session?.id !== id) return
  pool.note('session', id, { session: 'used' })
  pool.note('source', session.facts['source_id'], { status: 'PROCESSING' })
}

/** Sends the steps one after another. Throws at the first answer that nobody was promised, with all that was sent. */
async function play({ api, known, foreign, figures }: Setting, steps: readonly Step[]): Promise<void> {
  const own = known.fork()
  const sent: string[] = []
  for (const step of steps) {
    const operation = operations.get(step.operation)
    if (!operation) continue
    const chance = chanceOf(step.seed)
    const ids: Ids = { own, foreign, newest: step.follows ? 0.98 : 0.2 }
    const draft = Array.from({ length: step.wrongs }).reduce<Draft>(
      (each) => spoil(each, chance),
      draftOf(operation, ids, chance),
    )
    const call = callOf(draft, chance, step.manner === 'odd')
    const send = () => api.send({ ...call, signal: AbortSignal.timeout(patienceMs) })
    sent.push(shown(call))
    let answers: readonly Answer[]
    try {
      answers = await Promise.all(step.manner === 'twice' ? [send(), send()] : [send()])
    } catch (error) {
      throw new Error(`${error instanceof Error ? error.message : String(error)}\nafter\n${sent.join('\n')}`, {
        cause: error,
      })
    }
    for (const { status, body } of answers) {
      count(figures, operation, status)
      if (status >= 500) throw new Error(`answered ${status}: ${JSON.stringify(body)}\nafter\n${sent.join('\n')}`)
      if (status !== 200) continue
      own.learn(operation, contextOf(operation, draft.path, call), body)
      noteExecution(own, operation, draft.body)
    }
    const { [sent.length - 1]: last } = sent
    sent[sent.length - 1] = `${last ?? ''} -> ${answers.map(({ status }) => status).join(' ')}`
  }
}

/** Sequences of steps until so many requests have been sent. The seed makes the same sequences again. */
export async function fuzz(
  setting: Setting,
  options: { readonly requests: number; readonly seed: number },
): Promise<void> {
  const { beforeRound } = setting
  for (let round = 0; setting.figures.requests < options.requests; round += 1) {
    const property = fc.asyncProperty(anySteps, (steps) => play(setting, steps))
    await beforeRound()
    const result = await fc.check(property, {
      seed: options.seed + round,
      numRuns: 5,
      interruptAfterTimeLimit: 120_000,
    })
    if (!result.failed || result.counterexample === null) continue
    const [steps] = result.counterexample
    const cause = result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance)
    throw new Error(
      `${cause}\n\nSeed ${options.seed}, round ${round}; shrunk to ${steps.length} requests, the last lines above. Again:\n` +
        `npm run fuzz -- --seed ${options.seed} --requests ${options.requests}\n${JSON.stringify(steps)}`,
    )
  }
}
