import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { parseJson, readBody, sendJson, sendText } from '../http.ts'
import type { PaymentKey } from './events.ts'
import { failure, Refusal } from './failures.ts'
import { judge } from './judgement.ts'
import { type Network, orderFaults, type PaymentFault, type SimulatorStep } from './network.ts'
import { isMoneyOut, type OperationType, wordsOf } from './operations.ts'
import { keyOf, type Payment } from './payments.ts'
import { type PaymentRequest, readRequest, readRequests } from './requests.ts'
import { objectionTo } from './signatures.ts'
import { acceptance, initiationReply, lookupAnswer, rejection } from './wire.ts'

/** One request about a payment, with what it takes to answer it. */
interface Exchange {
  readonly network: Network
  readonly operation: OperationType
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** How long the answer is held back. */
  readonly delayMs?: number | undefined
}

/** The body of a request for payments, once the account's settings are content with its signature. */
const readSigned = async ({ network, request }: Exchange): Promise<unknown> => {
  const body = await readBody(request)
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, value ?? '']))
  const url = `http://${request.headers.host ?? ''}${request.url ?? ''}`
  const objection = await objectionTo(network.signatures, { method: request.method ?? '', url, headers, body })
  if (objection !== undefined) throw new Refusal(403, 'HTTP_SIGNATURE_ERROR', objection)
  return parseJson(body)
}

const initiate = async (exchange: Exchange): Promise<void> => {
  const planned = exchange.network.faults.shift()
  const asked = readRequest(exchange.operation, await readSigned(exchange))
  const hit = planned === undefined ? struck(exchange, asked) : undefined
  await initiateAll({ ...exchange, delayMs: hit?.delayMs }, planned ?? hit?.fault, [asked], ([reply]) => reply)
}

/** What the dial lets happen to an order, which names its provider unless it is a refund. */
const struck = (
  { network }: Exchange,
  asked: PaymentRequest,
): { readonly fault?: PaymentFault; readonly delayMs?: number } => {
  const { operation } = asked
  const provider =
    asked.operation === 'REFUND'
      ? (network.book.find('DEPOSIT', asked.depositId)?.terms.provider ?? '')
      : asked.provider
  const hit = network.dial.strike(orderFaults, operation, provider)
  switch (hit?.fault) {
    case 'closed':
    case 'lost-reply':
      return { fault: hit.fault }
    case 'error-after-effect':
      return { fault: 'error-after-accept' }
    case 'slow-reply':
      return { delayMs: hit.delayMs }
    case 'duplicate-callback':
    case 'lost-callback':
    case undefined:
      return {}
  }
}

/** Each is judged on its own, in order: the answer has the shape of the request. */
const initiateBulk = async (exchange: Exchange): Promise<void> => {
  const fault = exchange.network.faults.shift()
  const asked = readRequests(exchange.operation, await readSigned(exchange))
  await initiateAll(exchange, fault, asked, (replies) => replies)
}

type Reply = ReturnType<typeof initiationReply> | ReturnType<typeof rejection>

const initiateAll = async (
  { network, operation, response, delayMs }: Exchange,
  fault: PaymentFault | undefined,
  asked: readonly PaymentRequest[],
  bodyOf: (replies: readonly Reply[]) => unknown,
): Promise<void> => {
  const { noun } = wordsOf[operation]
  await announceAll(network, `${noun}.received`, asked)
  if (fault === 'lost-request') {
    response.destroy()
  } else if (fault === 'error-before-accept') {
    sendUnknownError(response)
  } else {
    // Nothing is awaited between the question whether the id is known and its being written down: of many equal requests
    // at once exactly one is accepted.
    const replies = asked.map((each) => execute(network, each, fault))
    const accepted = asked.filter((_, index) => replies[index]?.status === 'ACCEPTED')
    await announceAll(network, `${noun}.accepted`, accepted)
    if (delayMs !== undefined) await pause(delayMs)
    if (fault !== 'hang') sendReply(bodyOf(replies), fault, response)
  }
  if (network.announce && fault !== 'hang' && (await wasSent(response)))
    await announceAll(network, `${noun}.replied`, asked)
}

const announceAll = async (
  { announce }: Network,
  name: SimulatorStep['name'],
  keys: readonly PaymentKey[],
): Promise<void> => {
  if (announce) for (const { operation, id } of keys) await announce(name, { operation, id })
}

const sendReply = (reply: unknown, fault: PaymentFault | undefined, response: ServerResponse): void => {
  if (fault === 'lost-reply') response.destroy()
  else if (fault === 'error-after-accept') sendUnknownError(response)
  else if (fault === 'garbage') sendText(response, 200, 'text/html', '<html><body>The service is up.</body></html>')
  else sendJson(response, 200, reply)
}

const execute = ({ book }: Network, asked: PaymentRequest, fault: PaymentFault | undefined): Reply => {
  // Only the id tells a duplicate: pawaPay does not document that it compares the rest. It comes before every other check,
  // as a payment once accepted must never be reported as rejected.
  const known = book.find(asked.operation, asked.id)
  if (known !== undefined) {
    book.recordRepetition(known)
    return initiationReply(known, 'DUPLICATE_IGNORED')
  }
  const verdict = judge(book, asked, { closed: fault === 'closed' })
  return verdict.kind === 'refused'
    ? rejection(asked, verdict.reason)
    : initiationReply(book.accept(verdict.order), 'ACCEPTED')
}

const lookUp = async ({ network, operation, response }: Exchange, id: string): Promise<void> => {
  const key = { operation, id }
  await announceAll(network, 'lookup.received', [key])
  const payment = network.book.find(operation, id)
  sendJson(
    response,
    200,
    payment === undefined ? { status: 'NOT_FOUND' } : lookupAnswer(payment, network.book.statusNow(payment)),
  )
  if (network.announce && (await wasSent(response))) await announceAll(network, 'lookup.replied', [key])
}

/** Does something with a payment that is known and in the right state for it; says what is wrong otherwise. */
const actOn = (
  { network, operation, response }: Exchange,
  id: string,
  objectionTo: (payment: Payment) => string | undefined,
  act: (payment: Payment) => void,
): void => {
  const payment = network.book.find(operation, id)
  const objection = payment && objectionTo(payment)
  if (payment === undefined || objection !== undefined) {
    const reason =
      objection === undefined
        ? failure('NOT_FOUND', `The ${wordsOf[operation].noun} is not known.`)
        : failure('INVALID_STATE', objection)
    sendJson(response, 200, rejection({ operation, id }, reason))
    return
  }
  act(payment)
  sendJson(response, 200, acceptance(keyOf(payment)))
}

const resendCallback = (exchange: Exchange, id: string): void => {
  const { book, callbacks } = exchange.network
  actOn(
    exchange,
    id,
    ({ result }) => (result === undefined ? 'It has no final status yet.' : undefined),
    (payment) => {
      book.recordCallback('callback.requested', payment)
      callbacks.deliver(payment)
    },
  )
}

const failEnqueued = (exchange: Exchange, id: string): void => {
  actOn(
    exchange,
    id,
    (payment) => (exchange.network.book.statusNow(payment) === 'ENQUEUED' ? undefined : 'It is not enqueued.'),
    (payment) => {
      exchange.network.book.cancel(payment)
    },
  )
}

/** Answers what pawaPay has below the path of an operation. False for what it does not have there. */
export const answerPayment = async (exchange: Exchange, below: readonly string[]): Promise<boolean> => {
  const { method } = exchange.request
  const [first, second, third] = below
  if (third !== undefined) return false
  if (method === 'GET' && first !== undefined && second === undefined) await lookUp(exchange, first)
  else if (method !== 'POST') return false
  else if (first === undefined) await initiate(exchange)
  else if (first === 'bulk' && second === undefined && exchange.operation === 'PAYOUT') await initiateBulk(exchange)
  else if (first === 'resend-callback' && second !== undefined) resendCallback(exchange, second)
  else if (first === 'fail-enqueued' && second !== undefined && isMoneyOut(exchange.operation))
    failEnqueued(exchange, second)
  else return false
  return true
}

export const sendUnknownError = (response: ServerResponse): void => {
  sendJson(response, 500, {
    failureReason: failure('UNKNOWN_ERROR', 'The outcome of the request is not known. Please check its status.'),
  })
}

const wasSent = async (response: ServerResponse): Promise<boolean> => {
  try {
    await finished(response)
    return true
  } catch {
    return false
  }
}
