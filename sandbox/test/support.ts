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

export const initiate = (simulator: { url: string }, body: unknown): Promise<Answer> =>
  call(simulator, 'POST', '/v2/deposits', body)

export const lookUp = async (simulator: { url: string }, depositId: string): Promise<unknown> =>
  (await call(simulator, 'GET', `/v2/deposits/${depositId}`)).json

/** Waits until the look-up shows the wanted status. */
export const untilStatus = (simulator: PawapaySimulator, depositId: string, status: string): Promise<void> =>
  vi.waitFor(
    () => {
      const found = simulator.deposits().find(({ id }) => id === depositId)?.status
      if (found !== status) throw new Error(`Deposit ${depositId} is ${found ?? 'unknown'}, not ${status}.`)
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
