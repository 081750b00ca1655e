import type { IncomingMessage, ServerResponse } from 'node:http'
import { cardForm, chooseCard } from './card-form.ts'
import { answerBank, challenge } from './challenge.ts'
import type { Network } from './network.ts'
import type { Visit } from './pages.ts'
import { chooseLocale, textsOf } from './texts.ts'

/** Answers what browsers ask for. False for what is no page. */
export const answerPage = async (
  network: Network,
  request: IncomingMessage,
  response: ServerResponse,
  [path, query]: readonly [string, URLSearchParams],
): Promise<boolean> => {
  const locale = chooseLocale(query.get('locale'), request.headers['accept-language'])
  const visit: Visit = { network, request, response, query, locale, texts: textsOf(locale) }
  const [, challenged] = /^\/sandbox\/3ds\/(pi_[0-9A-Za-z]+)$/.exec(path) ?? []
  if (path === '/sandbox/card' && request.method === 'GET') cardForm(visit)
  else if (path === '/sandbox/card' && request.method === 'POST') await chooseCard(visit)
  else if (challenged !== undefined && request.method === 'GET') challenge(visit, challenged)
  else if (challenged !== undefined && request.method === 'POST') await answerBank(visit, challenged)
  else return false
  return true
}
