import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { type Clock, Dollr, type DollrOptions } from '../../src/index.ts'

/** What arrived, as a server reads it. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, unless it is text already. */
  readonly body?: unknown
}

/** Cuts the connection instead of answering. */
export const hangUp = 'hang up'
/** Answers nothing, ever. */
export const silence = 'silence'

export type Answering = (call: Received) => Reply | typeof hangUp | typeof silence

export interface ScriptedServer {
  readonly url: string
  readonly received: readonly Received[]
  /** The calls of one operation, as in `POST /v1/parties/create`. */
  readonly calls: (operation: string) => readonly Received[]
  readonly close: () => Promise<void>
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://unused.invalid')
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  }
}

function write(response: ServerResponse, { status = 200, headers = {}, body = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

export const tokenReply = (token = 'token-1', minutes = 60): Reply => ({
  body: { access_token: token, expires_in: minutes },
})

export const isTokenCall = ({ path }: Received): boolean => path === '/v1/jwt/client/obtain/token'

/** A server that answers as a test says. Tokens are given out unless the test says something of them itself. */
export async function startScriptedServer(answering: Answering): Promise<ScriptedServer> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    void read(request).then((call) => {
      received.push(call)
      const reply = answering(call)
      if (reply === hangUp) request.socket.destroy()
      else if (reply !== silence) write(response, reply)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    calls: (operation) => received.filter(({ method, path }) => `${method} ${path}` === operation),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Answers each call with the next reply of its list, and with the last one from then on. */
export function inTurn(...replies: readonly [ReturnType<Answering>, ...ReturnType<Answering>[]]): Answering {
  let next = 0
  return () => replies[Math.min(next++, replies.length - 1)] ?? replies[0]
}

export interface TestClock extends Clock {
  readonly slept: readonly number[]
  advance(milliseconds: number): void
}

/** A clock on which every pause is over at once. */
export function testClock(start = Date.parse('2030-01-01T00:00:00Z')): TestClock {
  let now = start
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    async sleep(milliseconds, signal) {
      signal?.throwIfAborted()
      slept.push(milliseconds)
      now += milliseconds
    },
    advance(milliseconds) {
      now += milliseconds
    },
  }
}

export const dollrAt = (baseUrl: string, options: Partial<DollrOptions> = {}): Dollr =>
  new Dollr({ baseUrl, clientId: 'client', clientSecret: 'very-secret', random: () => 0.5, ...options })
