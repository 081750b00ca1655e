import fc from 'fast-check'
import { fastify, type FastifyInstance } from 'fastify'
import { describe, expect, test } from 'vitest'
import { cursorId, linkNext, pageOf } from './paging.ts'

const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => ({ id: String(count - index) }))

/** A list of so many rows behind real requests, read as a store would read them. */
function aList(count: number, linkBase?: string, trustProxy = false): FastifyInstance {
  const http = fastify({ trustProxy })
  http.decorate('linkBase', linkBase)
  http.get('/things', (request, reply) => {
    const { limit, cursor } = request.query as { limit?: string; cursor?: string }
    const query = { ...(limit !== undefined && { limit: Number(limit) }), ...(cursor !== undefined && { cursor }) }
    request.query = query
    const page = pageOf(query)
    const rows = newestFirst(count).filter(({ id }) => BigInt(id) < BigInt(page.before))
    return linkNext(request, reply, rows.slice(0, page.most))
  })
  return http
}

const nextOf = (link: unknown): string | undefined => /^<([^>]+)>; rel="next"$/.exec(String(link))?.[1]

async function walk(http: FastifyInstance, first: string): Promise<{ readonly id: string }[][]> {
  const pages: { id: string }[][] = []
  for (let url: string | undefined = first; url !== undefined && pages.length < 100;) {
    const answer = await http.inject(url)
    pages.push(answer.json())
    url = nextOf(answer.headers.link)
  }
  return pages
}

test('following the links shows every row once, newest first, on pages of the length asked for', () =>
  fc.assert(
    fc.asyncProperty(fc.nat(30), fc.integer({ min: 1, max: 12 }), async (count, limit) => {
      const pages = await walk(aList(count), `/things?limit=${limit}`)
      expect(pages.flat()).toEqual(newestFirst(count))
      expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true)
      expect(pages).toHaveLength(Math.max(1, Math.ceil(count / limit)))
    }),
    { numRuns: 30 },
  ))

describe('the link to the next page', () => {
  test('keeps the filters and begins with the address that the request named', async () => {
    const answer = await aList(3).inject({
      url: '/things?limit=1&fullname=Musu%20%26%20Co%3E',
      headers: { host: 'pay.example:8443' },
    })
    const next = new URL(nextOf(answer.headers.link) ?? '')
    expect(next.origin).toBe('http://pay.example:8443')
    expect(Object.fromEntries(next.searchParams)).toMatchObject({ limit: '1', fullname: 'Musu & Co>' })
  })

  test('begins with the public address where one was configured, whatever the request named', async () => {
    const headers = { host: 'other.example' }
    const answer = await aList(3, 'https://pay.example/dollr').inject({ url: '/things?limit=1', headers })
    expect(nextOf(answer.headers.link)).toMatch(/^https:\/\/pay\.example\/dollr\/things\?limit=1&cursor=\w+$/)
  })

  test.each([' ', '>; rel="x"', 'a b', '[::'])(
    'is relative when the request names no usable host: "%s"',
    async (host) => {
      const answer = await aList(3).inject({ url: '/things?limit=1', headers: { host } })
      expect(nextOf(answer.headers.link)).toMatch(/^\/things\?/)
    },
  )

  test('is absent on the last page', async () => {
    for (const count of [0, 1, 2]) {
      expect((await aList(count).inject('/things?limit=2')).headers.link).toBeUndefined()
    }
  })
})

test('a list that was asked for without a limit ends after a thousand rows', async () => {
  const answer = await aList(1001).inject('/things')
  expect(answer.json()).toHaveLength(1000)
  expect(nextOf(answer.headers.link)).toContain('limit=1000')
})

describe('a cursor', () => {
  test('that is none of ours names nothing', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(cursorId(text)).toBeUndefined()
        expect(cursorId(Buffer.from(text).toString('base64url'))).toBeUndefined()
      }),
    )
  })

  test('is taken as it was written and in no other spelling', () => {
    const ours = Buffer.from('before 7').toString('base64url')
    expect(cursorId(ours)).toBe('7')
    for (const text of [
      `${ours}=`,
      `${ours} `,
      ` ${ours}`,
      `${ours}!`,
      Buffer.from('before 07').toString('base64url'),
    ]) {
      expect(cursorId(text)).toBeUndefined()
    }
  })
})
