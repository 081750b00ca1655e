import { Agent, fetch, request, type RequestInit } from 'undici'

/** What a remote server answered. */
export interface RemoteAnswer {
  readonly status: number
  readonly body: string
}

/** Calls remote servers, with a time budget for the whole exchange and a bound on what is read. Throws when no answer came. */
export interface HttpClient {
  send(call: {
    readonly method: 'GET' | 'POST'
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }): Promise<RemoteAnswer>
  readonly close: () => Promise<void>
}

const largestAnswer = 4 * 1024 * 1024

export function createHttpClient({ timeoutMs }: { readonly timeoutMs: number }): HttpClient {
  const agent = new Agent({
    connections: 64,
    pipelining: 1,
    connect: { timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: 30_000,
    maxResponseSize: largestAnswer,
  })
  return {
    async send({ method, url, headers, body }) {
      const answer = await request(url, {
        method,
        headers,
        dispatcher: agent,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body !== undefined && { body }),
      })
      return { status: answer.statusCode, body: await answer.body.text() }
    },
    close: () => agent.destroy(),
  }
}

/** A `fetch` for libraries that bring their own time budget: with a bound on what is read, and connections of its own. */
export function createFetch({ timeoutMs }: { readonly timeoutMs: number }) {
  const agent = new Agent({
    connections: 64,
    pipelining: 1,
    connect: { timeout: timeoutMs },
    keepAliveTimeout: 30_000,
    maxResponseSize: largestAnswer,
  })
  return {
    // One and the same function, by two names in two sets of types.
    fetch: ((url: string, init: RequestInit) =>
      fetch(url, { ...init, dispatcher: agent })) as unknown as typeof globalThis.fetch,
    close: () => agent.destroy(),
  }
}
