import { afterEach, describe, expect, test } from 'vitest'
import {
  type Answering,
  dollrAt,
  isTokenCall,
  type ScriptedServer,
  startScriptedServer,
  tokenReply,
} from '../test/support/scripted-server.ts'
import { NotFoundError } from './errors.ts'
import { type PartyResponse } from './generated/openapi.ts'
import { routes } from './generated/routes.ts'

const servers: ScriptedServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function clientOf(answering: Answering) {
  const server = await startScriptedServer((call) => (isTokenCall(call) ? tokenReply() : answering(call)))
  servers.push(server)
  return { server, dollr: dollrAt(server.url) }
}

const lastOf = ({ received }: ScriptedServer) => received.at(-1)

describe('a call', () => {
  test('puts every field where its route wants it', async () => {
    const { server, dollr } = await clientOf(() => ({ body: {} }))

    await dollr.invoices.itemsUpdate({ invoice_id: 7, id: '8/9', qty: 2 })
    expect(lastOf(server)).toMatchObject({
      method: 'PUT',
      path: '/v1/invoices/7/items/8%2F9/update',
      body: { qty: 2 },
    })

    await dollr.paymentAccounts.create({
      operation_type: 'PAYOUT',
      account_name: 'Supplier',
      provider: 'PAWAPAY',
      method: 'MTN_MOMO_LBR',
      party_id: 1,
    })
    expect(lastOf(server)?.query.toString()).toBe('operation_type=PAYOUT')
    expect(lastOf(server)?.body).toEqual({
      account_name: 'Supplier',
      provider: 'PAWAPAY',
      method: 'MTN_MOMO_LBR',
      party_id: 1,
    })

    await dollr.status.source({ source_type: 'ORDER', source_id: 3 })
    expect(lastOf(server)?.query.toString()).toBe('source_type=ORDER&source_id=3')
    expect(lastOf(server)?.body).toBeUndefined()

    await dollr.invoices.publish({ id: 7 })
    expect(lastOf(server)).toMatchObject({ method: 'PUT', path: '/v1/invoices/publish/7', body: undefined })
  })

  test('leaves out what is null or undefined in a query', async () => {
    const { server, dollr } = await clientOf(() => ({ body: [] }))
    await dollr.parties.list({ fullname: null, limit: 5 })
    expect(lastOf(server)?.query.toString()).toBe('limit=5')
  })

  test('exists for every route, under one name each', () => {
    const dollr = dollrAt('http://127.0.0.1:1') as unknown as Record<string, Record<string, unknown>>
    const named = Object.entries(routes).flatMap(([group, members]) =>
      Object.keys(members).map((name) => [group, name]),
    )
    expect(named.length).toBeGreaterThan(58)
    for (const [group = '', name = ''] of named) expect(dollr[group]?.[name]).toBeTypeOf('function')
  })
})

describe('a list', () => {
  const parties = Array.from({ length: 5 }, (_, index) => ({ id: index + 1 }) as PartyResponse)

  /** Two at a time, linked by an address under which the server is not reachable from here. */
  const paged: Answering = ({ query }) => {
    const from = Number(query.get('cursor') ?? 0)
    const limit = Number(query.get('limit') ?? 2)
    const next = new URLSearchParams({ ...Object.fromEntries(query), cursor: String(from + limit) }).toString()
    const hasMore = from + limit < parties.length
    return {
      body: parties.slice(from, from + limit),
      ...(hasMore && { headers: { link: `<https://inside.invalid/v1/parties/list?${next}>; rel="next"` } }),
    }
  }

  test('is its first page when awaited', async () => {
    const { server, dollr } = await clientOf(paged)
    expect(await dollr.parties.list()).toEqual(parties.slice(0, 2))
    expect(server.calls('GET /v1/parties/list')).toHaveLength(1)
  })

  test('is everything when iterated, at the address we were given and with the same filters', async () => {
    const { server, dollr } = await clientOf(paged)
    const found: PartyResponse[] = []
    for await (const party of dollr.parties.list({ fullname: 'a' })) found.push(party)
    expect(found).toEqual(parties)
    expect(
      server.calls('GET /v1/parties/list').map(({ query }) => [query.get('fullname'), query.get('cursor')]),
    ).toEqual([
      ['a', null],
      ['a', '2'],
      ['a', '4'],
    ])
  })

  test('stops asking when its reader stops reading', async () => {
    const { server, dollr } = await clientOf(paged)
    for await (const party of dollr.parties.list()) if (party.id === 2) break
    expect(server.calls('GET /v1/parties/list')).toHaveLength(1)
  })

  test('throws where it is iterated what went wrong, and nowhere else', async () => {
    const { dollr } = await clientOf(() => ({ status: 404, body: { detail: 'Not Found' } }))
    const read = async () => {
      for await (const party of dollr.parties.list()) expect.unreachable(String(party.id))
    }
    await expect(read()).rejects.toBeInstanceOf(NotFoundError)
  })
})
