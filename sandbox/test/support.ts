import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, vi } from 'vitest'
import { isRecord } from '../src/http.ts'
import { type PawapaySimulator, type PawapaySimulatorOptions, startPawapaySimulator } from '../src/index.ts'

export const apiToken = 'test-token'

/** A simulator with a quick payer, closed when the test is over. */
export const aSimulator = async (options: Partial<PawapaySimulatorOptions> = {}): Promise<PawapaySimulator> => {
  const simulator = await startPawapaySimulator({ apiToken, payerDelayMs: 10, ...options })
  onTestFinished(() => simulator.close())
  return simulator
}

export const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'dollr-sandbox-'))
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

export interface DepositBody {
  depositId: string
  amount: unknown
  currency: unknown
  payer: unknown
  [field: string]: unknown
}

export const aPayer = (phoneNumber: unknown = '250783456789', provider: unknown = 'MTN_MOMO_RWA') => ({
  type: 'MMO',
  accountDetails: { phoneNumber, provider },
})

export const aDeposit = (differences: Record<string, unknown> = {}): DepositBody => ({
  depositId: randomUUID(),
  amount: '1500',
  currency: 'RWF',
  payer: aPayer(),
  ...differences,
})

export interface PayoutBody {
  payoutId: string
  [field: string]: unknown
}

export const aPayout = (differences: Record<string, unknown> = {}): PayoutBody => ({
  payoutId: randomUUID(),
  amount: '1500',
  currency: 'RWF',
  recipient: aPayer(),
  ...differences,
})

export interface RefundBody {
  refundId: string
  [field: string]: unknown
}

/** Of all that is left, unless told otherwise. */
export const aRefund = (depositId: string, differences: Record<string, unknown> = {}): RefundBody => ({
  refundId: randomUUID(),
  depositId,
  ...differences,
})

/** A deposit that its payer has paid. */
export const aPaidDeposit = async (
  simulator: PawapaySimulator,
  differences: Record<string, unknown> = {},
): Promise<DepositBody> => {
  const deposit = aDeposit(differences)
  await initiate(simulator, deposit)
  // However quick or slow the payer is.
  const isPaid = simulator.deposits().some(({ id, status }) => id === deposit.depositId && status === 'COMPLETED')
  if (!isPaid) simulator.settle(deposit.depositId)
  return deposit
}

export interface Answer {
  status: number
  text: string
  json: unknown
}

export const call = async (
  simulator: { url: string },
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${apiToken}` },
): Promise<Answer> => {
  const response = await fetch(simulator.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, text, json: readJson(text) }
}

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The path of what a body asks for. What is no payment at all is sent where deposits are. */
const pathOf = (body: unknown): Path => {
  if (!isRecord(body)) return 'deposits'
  return 'refundId' in body ? 'refunds' : 'payoutId' in body ? 'payouts' : 'deposits'
}

export type Path = 'deposits' | 'payouts' | 'refunds'

export const initiate = (simulator: { url: string }, body: unknown): Promise<Answer> =>
  call(simulator, 'POST', `/v2/${pathOf(body)}`, body)

export const lookUp = async (simulator: { url: string }, id: string, path: Path = 'deposits'): Promise<unknown> =>
  (await call(simulator, 'GET', `/v2/${path}/${id}`)).json

/** What the account can spend in one currency. */
export const balanceOf = async (simulator: { url: string }, currency: string): Promise<unknown> => {
  const { json } = await call(simulator, 'GET', '/v2/wallet-balances')
  const balances = isRecord(json) && Array.isArray(json['balances']) ? json['balances'] : []
  return balances.filter(isRecord).find((each) => each['currency'] === currency)?.['balance']
}

/** Waits until a payment has the wanted status. */
export const untilStatus = (simulator: PawapaySimulator, paymentId: string, status: string): Promise<void> =>
  vi.waitFor(
    () => {
      const payments = [...simulator.deposits(), ...simulator.payouts(), ...simulator.refunds()]
      const found = payments.find(({ id }) => id === paymentId)?.status
      if (found !== status) throw new Error(`Payment ${paymentId} is ${found ?? 'unknown'}, not ${status}.`)
    },
    { interval: 2, timeout: 3_000 },
  )

export interface Received {
  body: Record<string, unknown>
  headers: IncomingHttpHeaders
  /** The caller's port: the same one tells a connection used again. */
  port: number | undefined
}

/** A merchant's callback endpoint. Answers 200 unless told otherwise; 'nothing' leaves the caller waiting. */
export const aMerchant = async (answer: (attempt: number) => number | 'nothing' = () => 200) => {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      if (!isRecord(body)) throw new Error('A callback is an object.')
      received.push({ body, headers: request.headers, port: request.socket.remotePort })
      const status = answer(received.length)
      if (status !== 'nothing') response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port.')
  return {
    url: `http://127.0.0.1:${address.port}/callbacks/pawapay?secret=1`,
    received,
    until: (count: number) =>
      vi.waitFor(
        () => {
          if (received.length < count) throw new Error(`${received.length} of ${count} callbacks arrived.`)
        },
        { interval: 2, timeout: 3_000 },
      ),
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Vitest's matchers are typed any, which would spread to everything that holds one. */
export const anyText: unknown = expect.any(String)
export const textLike = (pattern: RegExp): unknown => expect.stringMatching(pattern)

/** Vitest asks every 50 ms of its own accord, which is most of what these tests would take. */
export const soon = <Value>(value: () => Value) => expect.poll(value, { interval: 2, timeout: 3_000 })
