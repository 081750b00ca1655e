import { type CaseClass } from '../../conformance/cases.ts'
import { witness } from '../../conformance/witness.ts'
import { type Credentials } from './server-process.ts'

/** What the server answered, read but not judged. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Headers
}

type Scalar = string | number | boolean

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS'
  /** Below the server's address, the version included. */
  readonly path: string
  readonly query?: Readonly<Record<string, Scalar | readonly Scalar[] | undefined>> | undefined
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as they are, with no content type unless `headers` names one. */
  readonly bytes?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** What the call is an example of, where its answer cannot tell: see `docs/conformance.md`. */
  readonly shows?: CaseClass
}

/** One merchant's view of a server. Paths are those below `/v1`. */
export interface Api {
  readonly token: string | undefined
  send(call: Call): Promise<Answer>
  get(path: string, query?: Call['query']): Promise<Answer>
  post(path: string, json: unknown, query?: Call['query']): Promise<Answer>
  put(path: string, json?: unknown): Promise<Answer>
  delete(path: string): Promise<Answer>
}

function queryOf(query: Call['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    (value === undefined ? [] : [value].flat()).map((each): [string, string] => [key, String(each)]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export interface ClientOptions {
  /** Whether what is seen counts for `docs/conformance.md`: not where chance decides what is asked. */
  readonly keep?: boolean
}

/**
 * A client without a token sends no `Authorization` header. The address may change when the server is started again.
 * Every answer is held against the contract and against `openapi.json` before the caller gets it.
 */
export function apiClient(address: () => string, token?: string, { keep = true }: ClientOptions = {}): Api {
  const send = async ({ method, path, query, json, bytes, headers, signal, shows }: Call): Promise<Answer> => {
    const body = json === undefined ? bytes : JSON.stringify(json)
    const sent: Readonly<Record<string, string>> = {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    }
    const response = await fetch(address() + path + queryOf(query), {
      method,
      headers: sent,
      // As bytes, because a string would be given a content type.
      ...(body !== undefined && { body: Buffer.from(body) }),
      ...(signal && { signal }),
    })
    const answer = { status: response.status, body: readJson(await response.text()), headers: response.headers }
    const asked = { method, path: path.split('?', 1)[0] ?? path, query: queryOf(query), body, shows }
    witness({ ...asked, authorization: sent['authorization'] }, answer, { keep })
    return answer
  }
  return {
    token,
    send,
    get: (path, query) => send({ method: 'GET', path: `/v1${path}`, query }),
    post: (path, json, query) => send({ method: 'POST', path: `/v1${path}`, json, query }),
    put: (path, json) => send({ method: 'PUT', path: `/v1${path}`, ...(json !== undefined && { json }) }),
    delete: (path) => send({ method: 'DELETE', path: `/v1${path}` }),
  }
}

/** The body of an answer that should be a success: anything else is thrown with what the server said. */
export async function ok(answer: Promise<Answer> | Answer): Promise<unknown> {
  const { status, body } = await answer
  if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return body
}

export async function signIn(address: () => string, credentials: Credentials): Promise<Api> {
  const answer = await ok(apiClient(address).post('/jwt/client/obtain/token', credentials))
  return apiClient(address, (answer as { access_token: string }).access_token)
}
