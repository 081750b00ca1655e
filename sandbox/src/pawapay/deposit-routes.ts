import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream/promises'
import { readJson, sendJson, sendText } from '../http.ts'
import { failure } from './failures.ts'
import type { DepositFault, Network } from './network.ts'
import { type DepositRequest, judge, readDepositRequest } from './validation.ts'
import { depositLookup, depositReply, rejection } from './wire.ts'

export const initiateDeposit = async (
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { announce } = network
  const fault = network.faults.shift()
  const asked = await readAsked(request)
  if (announce) await announce('deposit.received', asked.depositId)
  if (fault === 'lost-request') {
    response.destroy()
  } else if (fault === 'error-before-accept') {
    sendUnknownError(response)
  } else {
    // Nothing is awaited between the question whether the id is known and its being written down: of many equal requests
    // at once exactly one is accepted.
    const reply = initiate(network, asked, fault)
    if (announce && reply.status === 'ACCEPTED') await announce('deposit.accepted', asked.depositId)
    if (fault !== 'hang') sendReply(reply, fault, response)
  }
  if (announce && fault !== 'hang' && (await wasSent(response))) await announce('deposit.replied', asked.depositId)
}

const sendReply = (reply: unknown, fault: DepositFault | undefined, response: ServerResponse): void => {
  if (fault === 'lost-reply') response.destroy()
  else if (fault === 'error-after-accept') sendUnknownError(response)
  else if (fault === 'garbage') sendText(response, 200, 'text/html', '<html><body>The service is up.</body></html>')
  else sendJson(response, 200, reply)
}

const readAsked = async (request: IncomingMessage): Promise<DepositRequest> =>
  readDepositRequest(await readJson(request))

const initiate = ({ book }: Network, asked: DepositRequest, fault: DepositFault | undefined) => {
  // Only the id tells a duplicate: pawaPay does not document that it compares the rest. It comes before every other check,
  // as a deposit once accepted must never be reported as rejected.
  const known = book.find(asked.depositId)
  if (known !== undefined) {
    book.recordRepetition(known)
    return depositReply(known, 'DUPLICATE_IGNORED')
  }
  const verdict = judge(asked)
  if (verdict.kind === 'refused') return rejection(asked.depositId, verdict.reason)
  if (fault === 'closed') return rejection(asked.depositId, closedReason(asked.provider))
  return depositReply(book.accept(asked, verdict.country.country), 'ACCEPTED')
}

const closedReason = (provider: string) =>
  failure('PROVIDER_TEMPORARILY_UNAVAILABLE', `${provider} is currently not taking payments. Please try again later.`)

export const lookUpDeposit = async (network: Network, depositId: string, response: ServerResponse): Promise<void> => {
  const { announce, book } = network
  if (announce) await announce('lookup.received', depositId)
  const deposit = book.find(depositId)
  sendJson(response, 200, deposit === undefined ? { status: 'NOT_FOUND' } : depositLookup(deposit))
  if (announce && (await wasSent(response))) await announce('lookup.replied', depositId)
}

export const resendDepositCallback = (
  { book, callbacks }: Network,
  depositId: string,
  response: ServerResponse,
): void => {
  const deposit = book.find(depositId)
  if (deposit?.result === undefined) {
    const reason =
      deposit === undefined
        ? failure('NOT_FOUND', 'The deposit is not known.')
        : failure('INVALID_STATE', 'The deposit has no final status yet.')
    sendJson(response, 200, rejection(depositId, reason))
    return
  }
  book.recordCallback('callback.requested', deposit)
  callbacks.deliver(deposit)
  sendJson(response, 200, { depositId: deposit.terms.depositId, status: 'ACCEPTED' })
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
