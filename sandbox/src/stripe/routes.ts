import type { Draft, EventRecord } from './book.ts'
import { missing, StripeProblem } from './errors.ts'
import type { Parameters } from './form.ts'
import { cancelIntent, captureIntent, confirmIntent, createIntent, getIntent, updateIntent } from './intents.ts'
import { listPage } from './lists.ts'
import type { Network } from './network.ts'
import type { PaymentIntent } from './objects.ts'
import { createPaymentMethod, retrievePaymentMethod } from './payment-methods.ts'
import { createRefund, getRefund, updateRefund } from './refunds.ts'

/** Which of the account's two keys a request came with. */
export type Key = 'secret' | 'publishable'

export interface Ask {
  readonly network: Network
  readonly draft: Draft
  readonly parameters: Parameters
  /** What the path names, if it names one. */
  readonly id: string
  readonly key: Key
}

export interface Route {
  readonly method: 'GET' | 'POST'
  /** `:id` stands for an id. */
  readonly path: string
  /** Whether a browser may ask, with the key that is no secret. */
  readonly publishable: boolean
  readonly handle: (ask: Ask) => unknown
}

const retrieveIntent = ({ draft, parameters, id, key }: Ask): unknown => {
  const secret = parameters.text('client_secret')
  parameters.close()
  const intent = getIntent(draft, id)
  // To whoever does not know its secret an intent is as good as none.
  if (key === 'publishable' || secret !== undefined) requireSecret(intent, secret)
  return key === 'publishable' ? publicView(intent) : intent
}

const requireSecret = (intent: PaymentIntent, secret: string | undefined): void => {
  if (secret === intent.client_secret) return
  if (secret === undefined)
    throw new StripeProblem(400, {
      type: 'invalid_request_error',
      code: 'parameter_missing',
      message: 'Missing required param: client_secret.',
      param: 'client_secret',
    })
  throw missing('payment_intent', intent.id, 'intent', 404)
}

/** What a browser may know: nothing of the merchant's own notes. */
const publicView = (intent: PaymentIntent) => {
  const { metadata: _, customer: __, latest_charge: ___, amount_received: ____, ...rest } = intent
  const { amount_capturable: _____, statement_descriptor: ______, ...shown } = rest
  return shown
}

const retrieved = <Object>(object: Object | undefined, what: string, { id, parameters }: Ask): Object => {
  parameters.close()
  if (object === undefined) throw missing(what, id, 'id', 404)
  return object
}

const byIntent = ({ parameters }: Ask) => {
  const intent = parameters.text('payment_intent')
  return (item: { readonly payment_intent: string }) => intent === undefined || item.payment_intent === intent
}

const listRefunds = (ask: Ask) => {
  const charge = ask.parameters.text('charge')
  const isOfIntent = byIntent(ask)
  return listPage(
    ask.parameters,
    '/v1/refunds',
    ask.draft.all('re'),
    (refund) => isOfIntent(refund) && (charge === undefined || refund.charge === charge),
  )
}

const listMovements = ({ draft, parameters }: Ask) => {
  const [source, type, currency] = ['source', 'type', 'currency'].map((key) => parameters.text(key))
  return listPage(
    parameters,
    '/v1/balance_transactions',
    draft.all('txn'),
    (movement) =>
      (source === undefined || movement.source === source) &&
      (type === undefined || movement.type === type) &&
      (currency === undefined || movement.currency === currency),
  )
}

const listEvents = ({ network, parameters }: Ask) => {
  const types = parameters.has('type') ? [parameters.required('type')] : parameters.list('types')
  const isWanted = (type: string): boolean =>
    types?.some((each) => each === type || (each.endsWith('*') && type.startsWith(each.slice(0, -1)))) ?? true
  const events = Array.from(network.book.events(), shownEvent)
  return listPage(parameters, '/v1/events', events, ({ type }) => isWanted(type))
}

const shownEvent = ({ event, owesWebhook }: EventRecord) => ({
  ...event,
  pending_webhooks: owesWebhook ? 1 : 0,
})

const route = (method: Route['method'], path: string, handle: Route['handle'], publishable = false): Route => ({
  method,
  path,
  publishable,
  handle,
})

const routes: readonly Route[] = [
  route('POST', '/v1/payment_methods', ({ draft, parameters }) => createPaymentMethod(draft, parameters), true),
  route('GET', '/v1/payment_methods/:id', ({ draft, parameters, id }) => retrievePaymentMethod(draft, parameters, id)),
  route('POST', '/v1/payment_intents', ({ draft, parameters, network }) =>
    createIntent(draft, parameters, network.challengeUrl),
  ),
  route('GET', '/v1/payment_intents', ({ draft, parameters }) =>
    listPage(parameters, '/v1/payment_intents', draft.all('pi')),
  ),
  route('GET', '/v1/payment_intents/:id', retrieveIntent, true),
  route('POST', '/v1/payment_intents/:id', ({ draft, parameters, id }) => updateIntent(draft, parameters, id)),
  route('POST', '/v1/payment_intents/:id/confirm', ({ draft, parameters, id, network }) =>
    confirmIntent(draft, parameters, id, network.challengeUrl),
  ),
  route('POST', '/v1/payment_intents/:id/cancel', ({ draft, parameters, id }) => cancelIntent(draft, parameters, id)),
  route('POST', '/v1/payment_intents/:id/capture', ({ draft, parameters, id }) => captureIntent(draft, parameters, id)),
  route('POST', '/v1/refunds', ({ draft, parameters }) => createRefund(draft, parameters)),
  route('GET', '/v1/refunds', listRefunds),
  route('GET', '/v1/refunds/:id', (ask) => retrieved(getRefund(ask.draft, ask.id), 'refund', ask)),
  route('POST', '/v1/refunds/:id', ({ draft, parameters, id }) => updateRefund(draft, parameters, id)),
  route('GET', '/v1/charges', (ask) => listPage(ask.parameters, '/v1/charges', ask.draft.all('ch'), byIntent(ask))),
  route('GET', '/v1/charges/:id', (ask) => retrieved(ask.draft.find('ch', ask.id), 'charge', ask)),
  route('GET', '/v1/disputes', (ask) => listPage(ask.parameters, '/v1/disputes', ask.draft.all('du'), byIntent(ask))),
  route('GET', '/v1/disputes/:id', (ask) => retrieved(ask.draft.find('du', ask.id), 'dispute', ask)),
  route('GET', '/v1/balance_transactions', listMovements),
  route('GET', '/v1/balance_transactions/:id', (ask) =>
    retrieved(ask.draft.find('txn', ask.id), 'balance transaction', ask),
  ),
  route('GET', '/v1/events', listEvents),
  route('GET', '/v1/events/:id', (ask) => {
    const record = ask.network.book.findEvent(ask.id)
    return retrieved(record && shownEvent(record), 'event', ask)
  }),
]

export const findRoute = (method: string, path: string): { readonly route: Route; readonly id: string } | undefined => {
  const parts = path.split('/')
  const found = routes.find((each) => {
    const wanted = each.path.split('/')
    return (
      each.method === method &&
      wanted.length === parts.length &&
      wanted.every((part, index) => (part === ':id' ? parts[index] !== '' : part === parts[index]))
    )
  })
  return found && { route: found, id: parts[3] ?? '' }
}
