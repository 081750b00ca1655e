import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { readBody, sendText, UnreadableBody } from '../http.ts'
import { apiVersion, Draft, type StoredResult } from './book.ts'
import { commit } from './commit.ts'
import { invalid, StripeProblem } from './errors.ts'
import { expanded } from './expand.ts'
import { canonical, type FormFields, Parameters, readForm } from './form.ts'
import { mintRequestId } from './ids.ts'
import { type ApiFault, type Network, nextFault } from './network.ts'
import { findRoute, type Key, type Route } from './routes.ts'

/** One request to `/v1`, with what it takes to answer it. */
interface Exchange {
  readonly network: Network
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly version: string
}

/** A request that may be answered: who asks for what, under which idempotency key. */
interface Call {
  readonly route: Route
  readonly id: string
  readonly fields: FormFields
  readonly key: Key
  readonly idempotencyKey: string | undefined
  readonly bankIsSlow: boolean
}

interface Answer {
  readonly status: number
  readonly body: string
}

const keptRequests = 1_000
const maxKeyLength = 255

export const answerApi = async (
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const version = request.headers['stripe-version']
  const exchange = {
    network,
    request,
    response,
    requestId: mintRequestId(),
    method: request.method ?? '',
    path,
    version: typeof version === 'string' ? version : apiVersion,
  }
  response.setHeader('request-id', exchange.requestId)
  response.setHeader('stripe-version', exchange.version)
  try {
    await answerCall(exchange, await readCall(exchange, query))
  } catch (error) {
    if (response.destroyed || response.headersSent) return
    const told = error instanceof UnreadableBody ? invalid(error.message) : error
    if (!(told instanceof StripeProblem)) process.emitWarning(error instanceof Error ? error : String(error))
    send(response, answerOf(told))
  }
}

const readCall = async (exchange: Exchange, query: string): Promise<Omit<Call, 'bankIsSlow'>> => {
  const { network, request, method, path, requestId } = exchange
  const form = readForm(method === 'POST' ? await readBody(request) : query)
  const key = keyOf(network, request)
  const found = findRoute(method, path)
  if (!found)
    throw new StripeProblem(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${method}: ${path}).`,
    })
  if (key === 'publishable' && !found.route.publishable)
    throw new StripeProblem(401, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message: 'This API call cannot be made with a publishable API key. Please use a secret API key.',
    })
  const idempotencyKey = method === 'POST' ? readIdempotencyKey(request) : undefined
  network.requests.push({ method, path, idempotencyKey: idempotencyKey ?? null, requestId })
  if (network.requests.length > keptRequests) network.requests.shift()
  return { ...found, fields: form, key, idempotencyKey }
}

const keyOf = ({ apiKey, publishableKey }: Network, { headers }: IncomingMessage): Key => {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ', 2)
  // Basic authentication carries the key as its user name.
  const given = /^basic$/i.test(scheme)
    ? Buffer.from(credentials, 'base64').toString('utf8').split(':')[0]
    : credentials
  if (given === apiKey) return 'secret'
  if (given === publishableKey) return 'publishable'
  throw new StripeProblem(401, {
    type: 'invalid_request_error',
    message: given
      ? `Invalid API Key provided: ${given.slice(0, 8)}${'*'.repeat(12)}${given.slice(-4)}`
      : "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
  })
}

const readIdempotencyKey = ({ headers }: IncomingMessage): string | undefined => {
  const key = headers['idempotency-key']
  if (typeof key !== 'string' || key === '') return undefined
  if (key.length > maxKeyLength)
    throw new StripeProblem(400, {
      type: 'invalid_request_error',
      message: `Idempotency keys must be at most ${maxKeyLength} characters.`,
    })
  return key
}

/** A problem that stops a request before anything is done. */
const forestall = (fault: ApiFault | undefined): StripeProblem | undefined => {
  switch (fault) {
    case 'error-before-effect':
      return new StripeProblem(500, unknownError)
    case 'rate-limit':
      return new StripeProblem(429, {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded.',
      })
    case 'lock-timeout':
      return new StripeProblem(429, {
        type: 'invalid_request_error',
        code: 'lock_timeout',
        message:
          'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
      })
    case 'key-in-use':
      return keyInUse()
    case undefined:
    case 'lost-request':
    case 'lost-reply':
    case 'hang':
    case 'error-after-effect':
    case 'garbage':
    case 'slow-reply':
    case 'slow-bank':
      return undefined
  }
}

const unknownError = {
  type: 'api_error',
  message: 'Sorry! There was an error while talking to one of our backends.',
} as const

const keyInUse = () =>
  new StripeProblem(409, {
    type: 'invalid_request_error',
    code: 'idempotency_key_in_use',
    message: 'There is currently another in-progress request using this Idempotency-Key.',
  })

const answerCall = async (exchange: Exchange, read: Omit<Call, 'bankIsSlow'>): Promise<void> => {
  const { network, response, method, path } = exchange
  const { fault, delayMs } = nextFault(network, method, path)
  const call: Call = { ...read, bankIsSlow: fault === 'slow-bank' }
  if (fault === 'lost-request') {
    response.destroy()
    return
  }
  const objection = forestall(fault)
  if (objection) throw objection
  const running = call.idempotencyKey === undefined ? undefined : `${call.key} ${call.idempotencyKey}`
  if (running !== undefined && network.running.has(running)) throw keyInUse()
  if (running !== undefined) network.running.add(running)
  try {
    if (network.latencyMs > 0) await pause(network.latencyMs)
    const answer = replayOf(exchange, call) ?? perform(exchange, call, fault)
    if (fault === 'slow-reply') await pause(delayMs)
    reply(response, answer, fault)
  } finally {
    if (running !== undefined) network.running.delete(running)
  }
}

const reply = (response: ServerResponse, answer: Answer, fault: ApiFault | undefined): void => {
  if (fault === 'lost-reply') response.destroy()
  else if (fault === 'garbage') sendText(response, 502, 'text/html', '<html><body>502 Bad Gateway</body></html>')
  else if (fault !== 'hang') send(response, answer)
}

const send = (response: ServerResponse, { status, body }: Answer): void => {
  sendText(response, status, 'application/json', body)
}

const fingerprintOf = ({ method, path }: Exchange, { fields }: Call): string =>
  createHash('sha256')
    .update(`${method} ${path} ${canonical(fields)}`)
    .digest('hex')

/** The first result under the same key, if there is one; another request under it is a mistake. */
const replayOf = (exchange: Exchange, call: Call): Answer | undefined => {
  const { network, response, path } = exchange
  const { idempotencyKey, key } = call
  const before = idempotencyKey === undefined ? undefined : network.book.findResult(`${key} ${idempotencyKey}`)
  if (before === undefined) return undefined
  if (before.fingerprint !== fingerprintOf(exchange, call))
    throw new StripeProblem(400, {
      type: 'idempotency_error',
      message:
        before.path === path
          ? `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${idempotencyKey ?? ''}' if you meant to execute a different request.`
          : `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${before.path}'). Try using a key other than '${idempotencyKey ?? ''}' if you meant to execute a different request.`,
    })
  response.setHeader('idempotent-replayed', 'true')
  response.setHeader('original-request', before.requestId)
  return before
}

/**
 * Does what is asked and keeps its result with its effects, in one line of the journal. Nothing is awaited in between: of
 * many equal requests exactly one is the first. What was refused before anything began leaves no trace.
 */
const perform = (exchange: Exchange, call: Call, fault: ApiFault | undefined): Answer => {
  const { network, requestId } = exchange
  const idempotencyKey = call.idempotencyKey ?? null
  const occasion = { requestId, idempotencyKey, apiVersion: exchange.version, bankIsSlow: call.bankIsSlow }
  const draft = new Draft(network.book, occasion)
  const answer = attempt(network, draft, call)
  const told = fault === 'error-after-effect' ? answerOf(new StripeProblem(500, unknownError)) : answer
  commit(network, draft, resultOf(exchange, call, told))
  return told
}

/** A decline is an effect like any other: the intent has changed. */
const attempt = (network: Network, draft: Draft, { route, id, fields, key }: Call): Answer => {
  const { expand: _, ...rest } = fields
  const paths = new Parameters(fields).list('expand') ?? []
  try {
    const object = route.handle({ network, draft, parameters: new Parameters(rest), id, key })
    return { status: 200, body: JSON.stringify(expanded(draft, object, paths)) }
  } catch (error) {
    if (error instanceof StripeProblem && error.status === 402) return answerOf(error)
    throw error
  }
}

const resultOf = (exchange: Exchange, call: Call, { status, body }: Answer): StoredResult | undefined =>
  call.idempotencyKey === undefined
    ? undefined
    : {
        key: `${call.key} ${call.idempotencyKey}`,
        fingerprint: fingerprintOf(exchange, call),
        path: exchange.path,
        requestId: exchange.requestId,
        status,
        body,
        atMs: exchange.network.book.now(),
      }

const answerOf = (error: unknown): Answer => {
  const problem = error instanceof StripeProblem ? error : new StripeProblem(500, unknownError)
  return { status: problem.status, body: JSON.stringify(problem.body) }
}
