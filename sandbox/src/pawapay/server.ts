import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readJson, sendJson, sendText, UnreadableBody } from '../http.ts'
import { BadRequest, failure, Refusal } from './failures.ts'
import {
  deliverAgain,
  ignoreNow,
  queueFault,
  queueSignatureFault,
  resetNow,
  rotateNow,
  setCallbackUrl,
  setClock,
  setDial,
  setProviderStatus,
  setSignatureEncoding,
  settleNow,
  setWalletBalance,
  viewsOf,
} from './control.ts'
import type { Network } from './network.ts'
import { operationTypes, wordsOf } from './operations.ts'
import { listScenarios } from './scenarios.ts'
import { publicKeys } from './signatures.ts'
import { answerPayment, sendUnknownError } from './payment-routes.ts'
import { statementOf } from './statement.ts'
import { activeConfiguration, availability, predictProvider, walletBalances } from './toolkit.ts'

/** Longer than the clients' own limits, so that it is never the server who closes a connection just as it is used again. */
const keepAliveTimeoutMs = 75_000

export const createPawapayServer = (network: Network): Server => {
  const authorization = `Bearer ${network.apiToken}`
  return createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    if (request.headers.authorization === authorization) void answer(network, request, response)
    else refuseUnauthenticated(request, response)
  })
}

const refuseUnauthenticated = (request: IncomingMessage, response: ServerResponse): void => {
  // 401 for both: the published table says 403 for a wrong token, the published examples 401.
  sendJson(response, 401, {
    failureReason:
      request.headers.authorization === undefined
        ? failure('NO_AUTHENTICATION', 'The request has no API token.')
        : failure('AUTHENTICATION_ERROR', 'The API token is not valid.'),
  })
}

const answer = async (network: Network, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    await route(network, request, response)
  } catch (error) {
    answerError(error, response)
  }
}

const answerError = (error: unknown, response: ServerResponse): void => {
  if (response.destroyed || response.headersSent) return
  if (error instanceof BadRequest) {
    sendJson(response, 400, { status: 'REJECTED', failureReason: error.reason })
  } else if (error instanceof UnreadableBody) {
    sendJson(response, 400, { status: 'REJECTED', failureReason: failure('INVALID_INPUT', error.message) })
  } else if (error instanceof Refusal) {
    sendJson(response, error.httpStatus, { failureReason: failure(error.failureCode, error.message) })
  } else {
    process.emitWarning(error instanceof Error ? error : String(error))
    sendUnknownError(response)
  }
}

const route = async (network: Network, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  // A file, where all else is JSON.
  if (request.method === 'GET' && path === '/_sandbox/statement') {
    sendText(response, 200, 'text/csv', statementOf(network, new URLSearchParams(query)))
    return
  }
  const [, version, name, ...below] = path.split('/')
  const operation = version === 'v2' ? operationTypes.find((each) => wordsOf[each].path === name) : undefined
  const isAnswered =
    operation !== undefined &&
    !below.includes('') &&
    (await answerPayment({ network, operation, request, response }, below))
  if (!isAnswered) sendJson(response, 200, await readAnswer(network, `${request.method ?? ''} ${path}`, query, request))
}

/** The calls whose answer is all there is to them. */
const readAnswer = async (
  network: Network,
  call: string,
  query: string,
  request: IncomingMessage,
): Promise<unknown> => {
  switch (call) {
    case 'GET /v2/active-conf':
      return activeConfiguration(network, new URLSearchParams(query))
    case 'GET /v2/availability':
      return availability(network, new URLSearchParams(query))
    case 'GET /v2/wallet-balances':
      return walletBalances(network, new URLSearchParams(query))
    case 'GET /v2/public-key/http':
      return publicKeys(network.signatures)
    case 'POST /v2/predict-provider':
      return predictProvider(await readJson(request))
    // From here on the sandbox's own, for processes that cannot call the simulator's functions.
    case 'POST /_sandbox/next':
      return queueFault(network, await readJson(request))
    case 'POST /_sandbox/next-signature':
      return queueSignatureFault(network, await readJson(request))
    case 'POST /_sandbox/rotate-key':
      return rotateNow(network)
    case 'POST /_sandbox/signature-encoding':
      return setSignatureEncoding(network, await readJson(request))
    case 'GET /_sandbox/deposits':
      return viewsOf(network, 'DEPOSIT')
    case 'GET /_sandbox/payouts':
      return viewsOf(network, 'PAYOUT')
    case 'GET /_sandbox/refunds':
      return viewsOf(network, 'REFUND')
    case 'POST /_sandbox/callback-url':
      return setCallbackUrl(network, await readJson(request))
    case 'POST /_sandbox/deliver-callback':
      return deliverAgain(network, await readJson(request))
    case 'POST /_sandbox/settle':
      return settleNow(network, await readJson(request))
    case 'POST /_sandbox/provider-status':
      return setProviderStatus(network, await readJson(request))
    case 'POST /_sandbox/ignore':
      return ignoreNow(network, await readJson(request))
    case 'GET /_sandbox/scenarios':
      return listScenarios()
    case 'POST /_sandbox/clock':
      return setClock(network, await readJson(request))
    case 'POST /_sandbox/dial':
      return setDial(network, await readJson(request))
    case 'GET /_sandbox/dial':
      return { injected: network.dial.injected }
    case 'POST /_sandbox/reset':
      return resetNow(network)
    case 'POST /_sandbox/wallet-balance':
      return setWalletBalance(network, await readJson(request))
    default:
      throw new Refusal(404, 'NOT_FOUND', `There is no ${call}.`)
  }
}
