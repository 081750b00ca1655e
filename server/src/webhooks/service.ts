import { randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { addMs, type Clock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { NotFound } from '../kernel/problem.ts'
import { type AddressRule } from '../platform/addresses.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Page } from '../platform/db/rows.ts'
import { type GuardedClient } from '../platform/guarded-client.ts'
import { writeTime } from '../platform/http/wire.ts'
import { type EventId, findEvent, readEventId } from '../events/index.ts'
import { listDeliveries, redeliver } from './delivery-store.ts'
import * as store from './endpoint-store.ts'
import {
  type Attempt,
  type Delivery,
  type DeliveryStatus,
  type Endpoint,
  type EndpointId,
  mostEndpoints,
  toAttempt,
} from './model.ts'
import { EndpointDisabled, EventUnknown, RangeUnclear, TooManyEndpoints, UrlRefused } from './problems.ts'
import { mintSecret, openSecret, sealSecret, signedHeaders, writeSecret } from './signing.ts'

/** Where endpoints may be: anywhere on the internet and by https alone, but for a sandbox. */
export interface EndpointRule {
  readonly httpsOnly: boolean
  readonly allows: AddressRule
}

export interface WebhooksContext {
  readonly db: Pool
  readonly clock: Clock
  /** What receivers compare their own clock with, whatever time it is in a sandbox. */
  readonly wallClock: Clock
  readonly client: GuardedClient
  readonly rule: EndpointRule
  /** What signing secrets are sealed under: the first seals, all open. */
  readonly sealing: readonly [string, ...string[]]
}

/** Says at once what would never be connected to. What a name stands for is judged when it is connected to. */
function requireUrl({ httpsOnly, allows }: EndpointRule, text: string): void {
  const url = new URL(text)
  if (httpsOnly && url.protocol !== 'https:') throw new UrlRefused('invalid URL: expected an https address')
  if (url.username !== '' || url.password !== '') throw new UrlRefused('invalid URL: must not hold credentials')
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const address = /(^|\.)localhost\.?$/.test(host) ? '127.0.0.1' : host
  if (isIP(address) > 0 && !allows(address)) throw new UrlRefused('invalid URL: the address is not public')
}

export interface EndpointDraft {
  readonly url: string
  readonly events: readonly string[]
  readonly description: string | undefined
}

/** An endpoint with the secret that is shown now and never again. */
export interface EndpointWithSecret {
  readonly endpoint: Endpoint
  readonly secret: string
}

export async function createEndpoint(
  { db, clock, rule, sealing }: WebhooksContext,
  merchantId: MerchantId,
  draft: EndpointDraft,
): Promise<EndpointWithSecret> {
  requireUrl(rule, draft.url)
  const secret = mintSecret()
  const endpoint = await withTx(db, async (tx) => {
    await store.lockEndpoints(tx, merchantId)
    if ((await store.countEndpoints(tx, merchantId)) >= mostEndpoints) throw new TooManyEndpoints()
    const sealedSecret = sealSecret(secret, sealing)
    return store.insertEndpoint(tx, merchantId, { ...draft, sealedSecret }, clock.now())
  })
  return { endpoint, secret: writeSecret(secret) }
}

const found = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new NotFound('Webhook endpoint')
  return thing
}

export const listEndpoints = ({ db }: WebhooksContext, merchantId: MerchantId, page: Page): Promise<Endpoint[]> =>
  store.listEndpoints(db, merchantId, page)

export const getEndpoint = async (
  { db }: Pick<WebhooksContext, 'db'>,
  merchantId: MerchantId,
  id: EndpointId | undefined,
): Promise<Endpoint> => found(id && (await store.findEndpoint(db, merchantId, id)))

export async function updateEndpoint(
  context: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
  change: store.EndpointChange,
): Promise<Endpoint> {
  const known = await getEndpoint(context, merchantId, id)
  if (change.url !== undefined) requireUrl(context.rule, change.url)
  return found(await store.updateEndpoint(context.db, merchantId, known.id, change, context.clock.now()))
}

export const deleteEndpoint = async (
  { db, clock }: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
): Promise<Endpoint> => found(id && (await store.deleteEndpoint(db, merchantId, id, clock.now())))

/** Both secrets sign for a while, so that receivers can take the new one when it suits them. */
export async function rotateSecret(
  { db, clock, sealing }: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
  overlapMs: number,
): Promise<EndpointWithSecret> {
  const secret = mintSecret()
  const now = clock.now()
  const its = { sealedSecret: sealSecret(secret, sealing), formerUntil: addMs(now, overlapMs), now }
  return { endpoint: found(id && (await store.replaceSecret(db, merchantId, id, its))), secret: writeSecret(secret) }
}

/** Sends something to an endpoint alone and now, enabled or not, and tells what came back. It is no event and leaves no trace. */
export async function testEndpoint(
  context: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
): Promise<Attempt> {
  const { db, clock, wallClock, client, sealing } = context
  const endpoint = await getEndpoint(context, merchantId, id)
  const now = clock.now()
  const sealed = found(await store.findSealedSecrets(db, merchantId, endpoint.id, now))
  const secrets = sealed.flatMap((each) => openSecret(each, sealing) ?? [])
  if (secrets.length === 0) {
    return { at: now, durationMs: 0, status: undefined, error: 'secret_unreadable', answer: undefined }
  }
  const message = {
    id: `evt_test_${randomUUID().replaceAll('-', '')}`,
    type: 'webhook_endpoint.test',
    version: 1,
    timestamp: writeTime(now),
    sequence: 1,
    data: { object: 'webhook_endpoint', webhook_endpoint_id: Number(endpoint.id), url: endpoint.url },
  }
  const body = JSON.stringify(message)
  const headers = signedHeaders({ id: message.id, body }, secrets, wallClock.now())
  return toAttempt(now, await client.post(endpoint.url, headers, body))
}

export async function getDeliveries(
  context: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
  { eventId: eventText, status }: { readonly eventId: string | undefined; readonly status: DeliveryStatus | undefined },
  page: Page,
): Promise<Delivery[]> {
  const endpoint = await getEndpoint(context, merchantId, id)
  const eventId = eventText === undefined ? undefined : readEventId(eventText)
  // What can be no event of ours was never delivered.
  if (eventText !== undefined && eventId === undefined) return []
  return listDeliveries(context.db, merchantId, endpoint.id, { eventId, status }, page)
}

/** What is to be delivered once more, as callers write it. */
export interface RedeliveryRequest {
  readonly eventId: string | undefined
  readonly after: string | undefined
  readonly until: string | undefined
}

/** How many events one call makes due again. */
const mostRedelivered = 10_000

async function knownEvent(
  db: Queryable,
  merchantId: MerchantId,
  field: 'event_id' | 'after' | 'until',
  text: string | undefined,
): Promise<EventId | undefined> {
  if (text === undefined) return undefined
  const id = readEventId(text)
  const event = id && (await findEvent(db, merchantId, id))
  if (!event) throw new EventUnknown(field)
  return event.id
}

/**
 * One event, whether the endpoint asks for its kind or not; or those after one that it does ask for. Into a disabled endpoint
 * nothing is sent.
 */
export async function redeliverEvents(
  context: WebhooksContext,
  merchantId: MerchantId,
  id: EndpointId | undefined,
  { eventId, after, until }: RedeliveryRequest,
): Promise<{ readonly count: number; readonly last: EventId | undefined }> {
  const { db, clock } = context
  const endpoint = await getEndpoint(context, merchantId, id)
  if ((eventId === undefined) === (after === undefined) || (eventId !== undefined && until !== undefined)) {
    throw new RangeUnclear()
  }
  const only = await knownEvent(db, merchantId, 'event_id', eventId)
  const range = {
    after: await knownEvent(db, merchantId, 'after', after),
    until: await knownEvent(db, merchantId, 'until', until),
  }
  if (endpoint.status !== 'ENABLED') throw new EndpointDisabled()
  const events = only === undefined ? range : { only }
  return redeliver(db, { merchantId, endpointId: endpoint.id, events, most: mostRedelivered }, clock.now())
}
