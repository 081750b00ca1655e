import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { readJson, sendJson, sendText, UnreadableBody } from '../http.ts'
import { answerApi } from './api.ts'
import { controls, views } from './control.ts'
import { invalid, StripeProblem } from './errors.ts'
import type { Network } from './network.ts'
import { answerPage } from './page-routes.ts'
import { balanceReport } from './report.ts'

/** Longer than the clients' own limits, so that it is never the server who closes a connection just as it is used again. */
const keepAliveTimeoutMs = 75_000

export const createStripeServer = (network: Network): Server =>
  createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => void answer(network, request, response))

const answer = async (network: Network, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    await route(network, request, response)
  } catch (error) {
    answerError(error, response)
  }
}

const answerError = (error: unknown, response: ServerResponse): void => {
  if (response.destroyed || response.headersSent) return
  const told = error instanceof UnreadableBody ? invalid(error.message) : error
  if (told instanceof StripeProblem) {
    sendJson(response, told.status, told.body)
    return
  }
  process.emitWarning(error instanceof Error ? error : String(error))
  sendJson(response, 500, { error: { type: 'api_error', message: 'The simulator failed.' } })
}

const route = async (network: Network, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2)
  const parameters = new URLSearchParams(query)
  if (await answerPage(network, request, response, [path, parameters])) return
  // The rest of what is the sandbox's own wants the account's key, as Stripe does.
  const [, control] = /^\/_sandbox\/([a-z-]+)$/.exec(path) ?? []
  if (control !== undefined || path === '/sandbox/balance-report') {
    requireKey(network, request)
    await answerOwn(network, request, response, { path, control, parameters })
  } else await answerApi(network, request, response)
}

const requireKey = ({ apiKey }: Network, request: IncomingMessage): void => {
  if (request.headers.authorization !== `Bearer ${apiKey}`)
    throw new StripeProblem(401, { type: 'invalid_request_error', message: 'The secret API key is required.' })
}

const answerOwn = async (
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
  asked: { path: string; control: string | undefined; parameters: URLSearchParams },
): Promise<void> => {
  const { path, control, parameters } = asked
  const view = control !== undefined && Object.hasOwn(views, control) ? views[control] : undefined
  const act = control !== undefined && Object.hasOwn(controls, control) ? controls[control] : undefined
  if (request.method === 'GET' && control === undefined)
    sendText(response, 200, 'text/csv; charset=utf-8', balanceReport(network.book, parameters))
  else if (request.method === 'GET' && view) sendJson(response, 200, view(network))
  else if (request.method === 'POST' && act) sendJson(response, 200, await act(network, await readJson(request)))
  else
    throw new StripeProblem(404, {
      type: 'invalid_request_error',
      message: `There is no ${request.method ?? ''} ${path}.`,
    })
}
