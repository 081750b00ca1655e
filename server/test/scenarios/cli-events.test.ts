import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { type AddressInfo } from 'node:net'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, printed, programs, run } from '../support/black-box/server-process.ts'
import { createWorld } from '../support/black-box/world.ts'

/** Events on their way to a server on the same machine, which verifies them with the reference library. */
const world = await createWorld({ env: { PORT: String(await freePort()) } })
const home = await mkdtemp(join(tmpdir(), 'dollr-home-'))

/** A port of its own, so that the server is found again where it was. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** What it answers from now on. */
  status: number
  readonly server: Server
}

const receivers: Receiver[] = []

async function createReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text: string) => (body += text))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(receiver.status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = { url: `http://127.0.0.1:${port}/hooks`, received, status: 200, server }
  receivers.push(receiver)
  return receiver
}

afterAll(async () => {
  await Promise.all(receivers.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  await world.close()
  await rm(home, { recursive: true, force: true })
})

const environment = () => ({ DOLLR_BASE_URL: world.url(), HOME: home })
const dollr = (...args: readonly string[]) => run(programs.cli, args, environment())

interface EventBody {
  readonly id: string
  readonly type: string
}

const secret = async (): Promise<string> => (await readFile(join(home, '.config/dollr/webhook-secret'), 'utf8')).trim()

/** What a receiver got, each verified. */
async function verified({ received }: Receiver): Promise<EventBody[]> {
  const webhook = new Webhook(await secret())
  return received.map(({ body, headers }) => webhook.verify(body, headers as Record<string, string>) as EventBody)
}

const numberOf = ({ id }: EventBody): number => Number(id.replace('evt_', ''))
const typesOf = (events: readonly EventBody[]): string[] => events.map(({ type }) => type)

beforeAll(async () => {
  // Before anybody listens, so that there is something to leave out.
  await dollr('trigger', 'payout-success')
})

describe('listen', () => {
  test('brings every new event, in order, signed, and goes on where it stopped', async () => {
    const receiver = await createReceiver()
    const program = await launch(programs.cli, ['listen', '--forward-to', receiver.url], environment())
    await printed(program, /(are signed with whsec_)/)
    await dollr('collect', '25', '--from', '231881234567')
    await printed(program, /(source\.paid\s)/)
    expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null })
    const first = await verified(receiver)
    expect(typesOf(first)).toEqual(expect.arrayContaining(['payment.created', 'payment.completed', 'source.paid']))
    expect(typesOf(first).filter((type) => type.startsWith('payout.'))).toEqual([])
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Dollr-Webhooks/1',
      'webhook-id': first[0]?.id,
    })

    await dollr('payout', '5', '--to', '231881234567')
    const again = await launch(programs.cli, ['listen', '--forward-to', receiver.url, '--json'], environment())
    await printed(again, /("payout\.completed")/)
    await again.end('SIGINT')
    const all = await verified(receiver)
    expect(typesOf(all)).toContain('payout.completed')
    const numbers = all.map(numberOf)
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    const lines = again.stdout().trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { status: number }).status)).toEqual(lines.map(() => 200))
  })

  test('brings only what was asked for, tells what was not taken, and outlives the server', async () => {
    const receiver = await createReceiver()
    receiver.status = 500
    const args = ['listen', '--forward-to', receiver.url, '--events', 'payment.completed,payout.*']
    const program = await launch(programs.cli, args, environment())
    await printed(program, /(are signed with whsec_)/)
    await world.server().end()
    await printed(program, /(does not answer)/)
    await world.restart()
    await dollr('collect', '25', '--from', '231881234567')
    await printed(program, /(events replay evt_\d+)/)
    await program.end('SIGINT')
    expect(typesOf(await verified(receiver))).toEqual(['payment.completed'])
  })
})

test('events are listed, the newest last, or from one on; and sent again, one or a range', async () => {
  const { stdout } = await dollr('events', 'list', '--limit', '4', '--json')
  const newest = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as EventBody)
  expect(newest).toHaveLength(4)
  const [one, , third] = newest
  const after = await dollr('events', 'list', '--after', one?.id ?? '')
  expect(after.stdout.trimEnd().split('\n')).toHaveLength(3)

  const receiver = await createReceiver()
  expect((await dollr('events', 'replay', one?.id ?? '', '--forward-to', receiver.url)).code).toBe(0)
  const range = ['--after', one?.id ?? '', '--until', third?.id ?? '']
  expect((await dollr('events', 'replay', ...range, '--forward-to', receiver.url)).code).toBe(0)
  expect((await verified(receiver)).map(({ id }) => id)).toEqual(newest.slice(0, 3).map(({ id }) => id))

  receiver.status = 400
  const refused = await dollr('events', 'replay', one?.id ?? '', '--forward-to', receiver.url)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('not taken')
  const unknown = await dollr('events', 'replay', 'evt_999999999', '--forward-to', receiver.url)
  expect(unknown).toMatchObject({ code: 1, stdout: '' })
})

describe('trigger', () => {
  test('lists what can be made to happen, and refuses what cannot', async () => {
    const { stdout } = await dollr('trigger', '--json')
    const names = (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name)
    expect(names).toEqual(
      expect.arrayContaining(['paid-checkout', 'refund', 'payout', 'insufficient-balance', 'card-visa']),
    )
    expect(names).toEqual([...new Set(names)])
    expect(await dollr('trigger', 'nonsense')).toMatchObject({ code: 2, stdout: '' })
  })

  test.each([
    ['paid-checkout', 'source.paid', []],
    ['failed-payment', 'source.reopened', []],
    ['refund', 'refund.completed', []],
    ['insufficient-balance', 'payment.failed', ['--method', 'ORANGE_MONEY_LBR']],
    ['payout-recipient-not-found', 'payout.failed', []],
  ])('%s: %s', async (name, type, more) => {
    const { code, stdout } = await dollr('trigger', name, ...more, '--json')
    expect(code).toBe(0)
    expect(typesOf((JSON.parse(stdout) as { events: EventBody[] }).events)).toContain(type)
  })
})

describe('the sandbox’s controls', () => {
  test('let a waiting payer approve', async () => {
    const { stdout } = await dollr('trigger', 'waits-for-you', '--timeout', '1', '--json')
    const { execution } = JSON.parse(stdout) as { execution: { reference_id: string; status: string } }
    expect(execution.status).toBe('PROCESSING')
    const waiting = JSON.parse((await dollr('sandbox', 'payments', '--json')).stdout) as { payments: unknown[] }
    expect(waiting.payments).toContainEqual(expect.objectContaining({ reference_id: execution.reference_id }))
    expect((await dollr('sandbox', 'approve', execution.reference_id)).code).toBe(0)
    const ended = await dollr('status', execution.reference_id, '--wait')
    expect(ended.stdout).toMatch(/COMPLETED|Completed/)
  })

  test('let a reply be lost, and the payment is found and paid once', async () => {
    await dollr('sandbox', 'faults', 'set', 'lost_reply', '--next', '1', '--path', '/v1/executions/')
    const { code, stdout } = await dollr('collect', '25', '--from', '231881234567', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ status: 'COMPLETED' })
    expect((await dollr('sandbox', 'faults')).stdout).toMatch(/lost_reply .* 1\n/)
    expect((await dollr('sandbox', 'faults', 'clear')).stdout).toContain('faults     none')
  })

  test('move the clock', async () => {
    const { stdout } = await dollr('sandbox', 'clock', 'advance', '30m', '--json')
    expect(JSON.parse(stdout)).toMatchObject({ offset_seconds: 1800 })
    expect((await dollr('sandbox', 'clock')).stdout).toContain('1800')
  })
})

describe('logs', () => {
  test('show the calls that were made, with their warnings, and only those that were asked for', async () => {
    const { stderr } = await dollr('collect', '25', '--from', '231881234567')
    const reference = /Reference (\S+)/.exec(stderr)?.[1] ?? ''
    // They are written in batches, off the way of the calls themselves.
    await expect
      .poll(async () => (await dollr('logs', '--reference', reference)).stdout, { timeout: 15_000, interval: 500 })
      .toContain('/v1/executions/collection')
    const lines = (await dollr('logs', '--limit', '3', '--json')).stdout.trimEnd().split('\n')
    const times = lines.map((line) => (JSON.parse(line) as { readonly at: string }).at)
    expect(times).toHaveLength(3)
    expect(times).toEqual(times.toSorted())
    const bodies = await dollr('logs', '--reference', reference, '--path', '/v1/executions/', '--bodies')
    expect(bodies.stdout).toMatch(/POST {4}\/v1\/executions\/collection/)
    expect(bodies.stdout).toContain(reference)
  })

  test('follow what happens, each call once, passcodes left out', async () => {
    const args = ['logs', '--follow', '--path', '/v1/executions/payout', '--bodies', '--json']
    const program = await launch(programs.cli, args, environment())
    for (const amount of ['5', '6']) {
      const { stderr } = await dollr('payout', amount, '--to', '231881234567')
      await printed(program, new RegExp(`"reference_id":"(${/Reference (\S+)/.exec(stderr)?.[1] ?? 'none'})"`))
    }
    expect(await program.end('SIGINT')).toEqual({ code: 0, signal: null })
    const lines = program.stdout().trimEnd().split('\n')
    const numbers = lines.map((line) => Number((JSON.parse(line) as { id: string }).id.replace('req_', '')))
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    expect(program.stdout()).not.toContain('"123456"')
    expect(program.stderr()).toBe('')
  })
})
