import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { idPlacesOf, type IdPlace } from '../conformance/cases.ts'
import { contract, type ContractOperation } from '../conformance/contract.ts'
import { refusesAll } from '../conformance/deviations.ts'
import { described } from '../conformance/described.ts'
import { issuesOf } from '../conformance/judge.ts'
import { type Answer, type Api, apiClient, type Call, ok, signIn } from '../support/black-box/api-client.ts'
import { expectBooksToBalance } from '../support/black-box/books.ts'
import { aDocument, aDraft, aPayment, collect, kinds, pay, unknownId } from '../support/black-box/builders.ts'
import { callOf, type GoodRequest, goodRequests } from '../support/black-box/good-requests.ts'
import { createMerchant } from '../support/black-box/server-process.ts'
import { readToken, signToken } from '../support/black-box/tokens.ts'
import { createWorld } from '../support/black-box/world.ts'

/** What holds for every operation there is: the list is the contract's, and grows with the server. */

const secret = 'a secret of more than thirty-two characters'
const world = await createWorld({ env: { DOLLR_JWT_SECRET: secret }, payerDelayMs: 5 })
afterAll(world.close)

const { api } = world
const anonymous = apiClient(world.url)
const stranger = await signIn(world.url, await createMerchant(world.database.url, 'Stranger'))

const served = contract.operations
  .filter(({ id }) => described.some((operation) => operation.id === id))
  .map((operation) => [operation.id, operation] as const)

async function goodRequest({ id }: ContractOperation, merchant: Api): Promise<GoodRequest> {
  const build = goodRequests[id]
  if (!build) throw new Error(`good-requests.ts says nothing of ${id}: tell there what a good request of it is.`)
  return build(merchant)
}

const send = (operation: ContractOperation, request: GoodRequest, more: Partial<Call> = {}): Promise<Answer> =>
  api.send({ ...callOf(operation, request), ...more })

/** A merchant with a key whose verification was taken back. */
async function anUnverifiedMerchant(): Promise<Api> {
  const { id, ...credentials } = await createMerchant(world.database.url, 'Unverified')
  await world.database.pool.query('update merchants set verified_at = null where id = $1', [id])
  return signIn(world.url, credentials)
}
const unverified = await anUnverifiedMerchant()

/** Registers a test of those operations that it has something to say about. */
function when(applies: boolean, name: string, run: () => Promise<void>): void {
  if (applies) test(name, run)
}

describe.each(served)('%s', (_, operation) => {
  const isRead = operation.method === 'GET'
  const succeeds = !Object.hasOwn(refusesAll, operation.id)
  const takesBody = operation.body !== null

  test('does what a good request asks, unless there is nothing to do it with', async () => {
    const answer = await send(operation, await goodRequest(operation, api))
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: succeeds ? 200 : 422 })
  })

  when(takesBody, 'reads its body whatever the content type says, and ignores what it does not know', async () => {
    for (const contentType of [undefined, 'text/plain', 'application/x-www-form-urlencoded']) {
      const { body, ...request } = await goodRequest(operation, api)
      const bytes = JSON.stringify({ ...body, invented: { deeply: [1, 2, 3] }, constructor: 1 })
      const headers = contentType === undefined ? {} : { 'content-type': contentType }
      await ok(send(operation, request, { bytes: bytes.replace('{', '{"__proto__":{"polluted":true},'), headers }))
    }
  })

  when(!takesBody && !isRead, 'ignores whatever body comes', async () => {
    for (const bytes of ['', '{}', '[]', 'garbage']) {
      const headers = { 'content-type': 'application/json' }
      await ok(send(operation, await goodRequest(operation, api), { bytes, headers }))
    }
  })

  when(succeeds && operation.query.length > 0, 'ignores what it does not know in its query', async () => {
    const { query, ...request } = await goodRequest(operation, api)
    await ok(send(operation, { ...request, query: { ...query, invented: 'x' } }))
  })

  const optional = (operation.body ?? []).filter(({ name, nullable }) => nullable && !name.endsWith('_id'))
  when(optional.length > 0, 'takes null, or nothing, for what may be left out', async () => {
    const [nothing, request] = [optional.map(({ name }) => [name, null]), await goodRequest(operation, api)]
    await ok(send(operation, { ...request, body: { ...request.body, ...(Object.fromEntries(nothing) as object) } }))
    const [absent, again] = [new Set(optional.map(({ name }) => name)), await goodRequest(operation, api)]
    const rest = Object.entries(again.body ?? {}).filter(([name]) => !absent.has(name))
    await ok(send(operation, { ...again, body: Object.fromEntries(rest) }))
  })

  const isOnce = /^(publish|cancel|remove)_/.test(operation.id)
  when(!isRead, 'sent again does not do the same thing again', async () => {
    const request = await goodRequest(operation, api)
    const first = (await ok(send(operation, request))) as Readonly<Record<string, unknown>>
    const second = await send(operation, request)
    if (isOnce) {
      expect([404, 422]).toContain(second.status)
      return
    }
    const { id, payment_intent_id: intent, ...again } = (await ok(second)) as Readonly<Record<string, unknown>>
    // What a key names exists once; all else is made anew each time, or changed to what it already is.
    const isExecution = operation.path.startsWith('/v1/executions/')
    if (isExecution)
      expect([intent, again['reference_id']]).toEqual([first['payment_intent_id'], first['reference_id']])
    if (isExecution) {
      const anew = { ...request, body: { ...request.body, reference_id: randomUUID() } }
      expect(await send(operation, anew)).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['body', 'session_id'] }] },
      })
    }
    if (!isExecution && operation.method === 'POST' && 'id' in first) expect(id).not.toBe(first['id'])
    if (operation.method === 'PUT') expect(id).toBe(first['id'])
  })

  when(operation.auth, 'asks who is calling before it looks at anything else', async () => {
    const { header, payload } = readToken(api.token)
    const expired = signToken(header, { ...payload, exp: Math.floor(Date.now() / 1000) - 1 }, secret)
    const foreign = signToken(header, payload, 'guessed, and longer than thirty-two characters')
    const call: Call = {
      method: operation.method,
      path: operation.path.replaceAll(/\{\w+\}/g, String(unknownId)),
      ...(!isRead && { bytes: 'garbage' }),
    }
    const refusal = { status: 401, body: { detail: 'Could not validate credentials' } }
    expect(await anonymous.send(call)).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } })
    for (const token of ['garbage', expired, foreign]) {
      const headers = { authorization: `Bearer ${token}` }
      expect(await anonymous.send({ ...call, headers })).toMatchObject(refusal)
    }
    expect(await anonymous.send({ ...call, headers: { authorization: api.token ?? '' } })).toMatchObject(refusal)
  })

  when(operation.verification_gate === 'required', 'is for verified merchants, whatever it is about', async () => {
    const gate = { status: 403, body: { detail: 'Merchant account is not verified for this operation' } }
    const request = await goodRequest(operation, api)
    expect(await unverified.send(callOf(operation, request))).toMatchObject(gate)
  })

  test('is called with its own verb, in its own version', async () => {
    const path = operation.path.replaceAll(/\{\w+\}/g, String(unknownId))
    const own = new Set(described.filter((each) => each.path === operation.path).map(({ method }) => method))
    for (const method of (['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const).filter((each) => !own.has(each))) {
      for (const client of [api, anonymous]) {
        const answer = await client.send({ method, path })
        expect(answer, method).toMatchObject({ status: 405 })
        expect(answer.headers.get('allow')).toContain(operation.method)
      }
    }
    for (const version of ['v2', 'v01', 'V1']) {
      const { method } = operation
      const call: Call = { method, path: path.replace('/v1/', `/${version}/`) }
      const words = { msg: "unexpected value; permitted: 'v1'", type: 'value_error.const' }
      const refusal = { status: 422, body: { detail: [{ loc: ['path', 'version'], ...words }] } }
      expect(await api.send(call)).toMatchObject(refusal)
      expect(await anonymous.send(call)).toMatchObject(operation.auth ? { status: 401 } : refusal)
    }
  })
})

// What approves payouts is made by the operator: the stranger's is that of the sandbox's merchant.
await world.database.pool.query(
  `insert into passcodes (merchant_id, phone, code_hash, created_at, updated_at)
   select m.id, p.phone, p.code_hash, p.created_at, p.updated_at
   from passcodes p
   cross join merchants m
   where m.name = 'Stranger'`,
)

/** Documents of a stranger in every state: their state must not show in what is said of them. */
const theirs = await Promise.all(
  kinds.map(async (kind) => {
    const stuck = await aPayment(stranger, { kind, phone: '231880000129' })
    await ok(collect(stranger, stuck.collection))
    const paid = await pay(stranger, { kind })
    const documents = [
      await aDraft(stranger, { kind }),
      await aDocument(stranger, { kind }),
      stuck.document,
      paid.document,
    ]
    return { kind, ids: documents.map(({ id }) => id) }
  }),
)
// Both merchants count from 1: a number of the one is a number of the other, unless they are far apart.
await world.database.pool.query(
  `update source_counters
   set last_value = last_value + 50000
   where merchant_id = (select id from merchants where name = 'Stranger')`,
)

function documentsFor({ id, path }: ContractOperation, { part, name }: IdPlace, { query, body }: GoodRequest) {
  const isSource = name === 'source_id' || (part === 'path' && /^(id|invoice_id|order_id)$/.test(name))
  if (!isSource || (name === 'id' && id.endsWith('_item'))) return []
  const kind = (query?.['source_type'] ??
    body?.['source_type'] ??
    (path.startsWith('/v1/orders/') ? 'ORDER' : 'INVOICE')) as string
  const isDocument = name === 'source_id' || /^\/v1\/(invoices|orders)\//.test(path)
  return isDocument ? (theirs.find((each) => each.kind === kind)?.ids ?? []) : []
}

const partOf = (request: GoodRequest, { part, name }: IdPlace): unknown => request[part]?.[name]
const withId = (request: GoodRequest, { part, name }: IdPlace, id: unknown): GoodRequest => ({
  ...request,
  [part]: { ...request[part], [name]: id },
})

/** Well-formed, and nobody's. */
function unknownLike(known: unknown): unknown {
  if (typeof known === 'number') return unknownId
  if (/^[0-9a-f]{8}-/.test(String(known))) return randomUUID()
  return /^[A-Z]{3}-/.test(String(known)) ? `${String(known).slice(0, 9)}98765` : String(unknownId)
}

const placed = served.flatMap(([id, operation]) =>
  idPlacesOf(operation).map((place) => ({ id, operation, place, name: place.name })),
)

const readAll = async (of: Api) =>
  Promise.all(
    ['/parties/list', '/counterparties/list', '/invoices/list', '/orders/list'].map((path) => ok(of.get(path))),
  )

describe('an id that is unknown, or another merchant’s', () => {
  const contested = new Map<string, Promise<GoodRequest>>()
  test.each(placed)('is nothing to $id as $name', async ({ id, operation, place }) => {
    const request = await goodRequest(operation, api)
    const foreign = await (contested.get(id) ?? goodRequest(operation, stranger))
    contested.set(id, Promise.resolve(foreign))
    const before = await readAll(stranger)

    const unknown = await send(operation, withId(request, place, unknownLike(partOf(request, place))))
    if (place.part === 'body') {
      expect(unknown.status).toBe(422)
      expect(issuesOf(unknown.body)?.map(({ loc }) => loc)).toEqual([['body', place.name]])
    } else {
      expect(unknown.status).toBe(404)
    }

    for (const stolen of [partOf(foreign, place), ...documentsFor(operation, place, foreign)]) {
      const answer = await send(operation, withId(request, place, stolen), { shows: 'other merchant' })
      expect([answer.status, answer.body]).toEqual([unknown.status, unknown.body])
    }
    expect(await readAll(stranger)).toEqual(before)
  })
})

test('after all that, the books balance', async () => {
  await expectBooksToBalance(world.database.pool)
})
