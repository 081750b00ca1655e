import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Clock } from '../kernel/clock.ts'
import { type Currency, decimalsOf, isCurrency } from '../kernel/currencies.ts'
import { readId, type ExecutionId, type MerchantId, type SessionId } from '../kernel/ids.ts'
import { decimalOf, money, parseMoney } from '../kernel/money.ts'
import { type Pool } from '../platform/db/pool.ts'
import { carriesCardData } from '../platform/http/card-data.ts'
import { type Http } from '../platform/http/server.ts'
import { type Warning, warn } from '../platform/http/warnings.ts'
import { findInFlight, findRefundable } from '../executions/index.ts'
import { hasItemAt } from '../sources/index.ts'
import { findWalletIn } from '../wallets/index.ts'
import {
  anotherInFlight,
  centsForUnits,
  createRecent,
  ignoredQuantity,
  type Known,
  looksLikeCents,
  pollsTooOften,
  pollWindowMs,
  tokensTooOften,
  tokenWindowMs,
  unknownFields,
} from './mistakes.ts'

const mostRemembered = 10_000

type Fields = Readonly<Record<string, unknown>>

/** One call and its answer, as far as mistakes show in them. */
interface Call {
  readonly method: string
  readonly route: string
  readonly known: Known | undefined
  readonly params: Fields
  readonly body: Fields
  readonly status: number
  readonly merchantId: MerchantId | undefined
}

const callOf = (request: FastifyRequest, reply: FastifyReply): Call => ({
  method: request.method,
  route: request.routeOptions.url ?? '',
  known: request.routeOptions.schema?.body as Known | undefined,
  params: (request.params ?? {}) as Fields,
  // A field that is ignored is named in the warning: of card data, not even names are kept.
  body: carriesCardData(request) ? {} : ((request.body ?? {}) as Fields),
  status: reply.statusCode,
  merchantId: request.caller?.id,
})

type Watch = (call: Call) => Promise<Warning | undefined> | Warning | undefined

const minorOf = (amount: unknown, currency: Currency): bigint | undefined =>
  typeof amount === 'number' ? parseMoney(decimalOf(amount), currency)?.minor : undefined

/** A payout or a transfer larger than the wallet, which a hundredth of it would not be. */
async function moneyOutInCents(db: Pool, { route, body, status, merchantId }: Call): Promise<Warning | undefined> {
  const { currency, amount } = body
  if (!/\/sessions\/(payout|transfer)$/.test(route) || status !== 200 || !merchantId || !isCurrency(currency))
    return undefined
  const minor = minorOf(amount, currency)
  const wallet = minor === undefined ? undefined : await findWalletIn(db, merchantId, currency)
  return minor !== undefined && wallet && looksLikeCents(minor, wallet.available.minor)
    ? centsForUnits('the wallet does not hold as much, and does hold a hundredth of it')
    : undefined
}

/** A refund of more than is left of a payment, which a hundredth of it would not be. */
async function refundInCents(db: Pool, { route, body, status, merchantId }: Call): Promise<Warning | undefined> {
  if (!route.endsWith('/sessions/refund') || status !== 422 || !merchantId) return undefined
  const id = readId<ExecutionId>(String(body['original_payment_intent_id']))
  const left = id && (await findRefundable(db, merchantId, id))?.left
  const minor = left && minorOf(body['amount'], left.currency)
  return minor !== undefined && left && looksLikeCents(minor, left.minor)
    ? centsForUnits('more than is left of the payment, and a hundredth of it is not')
    : undefined
}

/** The lines that a call adds, whatever document they are added to. */
const linesIn = ({ route, body }: Call): readonly Fields[] => {
  if (/\/(invoices|orders)\/:\w+\/items\/add$/.test(route)) return [body]
  return route.endsWith('/checkouts/create') && Array.isArray(body['items']) ? (body['items'] as Fields[]) : []
}

/** A line a hundred times as dear as the same thing was before. */
async function itemInCents(db: Pool, call: Call): Promise<Warning | undefined> {
  const { merchantId } = call
  if (call.status !== 200 || !merchantId) return undefined
  for (const { name, amount, currency } of linesIn(call)) {
    const minor = typeof name === 'string' && isCurrency(currency) ? minorOf(amount, currency) : undefined
    if (minor === undefined || typeof name !== 'string' || !isCurrency(currency) || decimalsOf(currency) === 0) continue
    if (minor % 100n === 0n && (await hasItemAt(db, merchantId, name, money(minor / 100n, currency))))
      return centsForUnits('the same item was a hundredth of this before')
  }
  return undefined
}

/** Another key for what is being paid. */
async function newReference(db: Pool, { route, body, status, merchantId }: Call): Promise<Warning | undefined> {
  if (!route.startsWith('/v1/executions/') || status !== 422 || !merchantId) return undefined
  const { session_id: sent, reference_id: reference } = body
  const id = typeof sent === 'string' ? readId<SessionId>(sent) : undefined
  if (!id || typeof reference !== 'string') return undefined
  const inFlight = await findInFlight(db, merchantId, id)
  return inFlight === undefined || inFlight === reference.toLowerCase() ? undefined : anotherInFlight(inFlight)
}

function watches(db: Pool, clock: Clock): readonly Watch[] {
  const tokens = createRecent({ withinMs: tokenWindowMs, mostKeys: mostRemembered })
  const polls = createRecent({ withinMs: pollWindowMs, mostKeys: mostRemembered })
  return [
    ({ known, body, route }) => {
      const quantity = route.endsWith('/checkouts/create') ? ignoredQuantity(body) : undefined
      return quantity ?? unknownFields(known, body)
    },
    ({ route, body, status }) =>
      route.endsWith('/jwt/client/obtain/token') && status === 200
        ? tokensTooOften(tokens(String(body['client_id']), clock.now()))
        : undefined,
    ({ method, route, params: { reference_id: reference }, merchantId }) =>
      method === 'GET' && route.startsWith('/v1/status/') && typeof reference === 'string'
        ? pollsTooOften(polls(`${merchantId ?? ''} ${reference}`, clock.now()))
        : undefined,
    (call) => moneyOutInCents(db, call),
    (call) => refundInCents(db, call),
    (call) => itemInCents(db, call),
    (call) => newReference(db, call),
  ]
}

/** Lets the answers of every operation registered after this say what their callers seem to do wrong. */
export function createMistakeWatch({ db, clock }: { readonly db: Pool; readonly clock: Clock }): (http: Http) => void {
  const all = watches(db, clock)
  const look = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const call = callOf(request, reply)
    for (const watch of all) {
      const warning = await watch(call)
      if (warning) warn(request, warning.code, warning.text)
    }
  }
  return (http) => {
    http.addHook('onSend', async (request, reply) => {
      // The answer stands whatever becomes of advice about it.
      await look(request, reply).catch((error: unknown) => {
        request.log.error({ err: error }, 'mistakes not looked for')
      })
    })
  }
}
