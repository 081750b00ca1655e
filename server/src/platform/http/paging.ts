import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Page } from '../db/rows.ts'
import { publicBase } from './public-base.ts'
import { extension, optional } from './wire.ts'

/** The longest list in one answer, and the length of one that was asked for without a limit. */
const longestPage = 1000

/** What a list takes besides its own filters that answers no more than `longest`. */
export const pageQueryOf = (longest: number) => ({
  limit: optional(
    extension(
      Type.Integer({
        minimum: 1,
        maximum: longest,
        description: `How many at most; ${longest} unless said otherwise.`,
      }),
    ),
  ),
  cursor: optional(
    extension(
      Type.String({
        format: 'cursor',
        description: 'Where to go on: taken from the `Link` header of the page before.',
      }),
    ),
  ),
})

/** What every list takes besides its own filters. */
export const pageQuery = pageQueryOf(longestPage)

interface PageQuery {
  readonly limit?: number | null
  readonly cursor?: string | null
}

const limitOf = ({ limit }: PageQuery, longest: number): number => limit ?? longest

/** Ids are `bigint` in the database, and none of them gets here. */
const beyondEveryId = '9223372036854775807'

const cursorText = /^before (?<id>[1-9]\d{0,14})$/

/** Opaque to callers: what is in it may change, and nobody can have built on it. */
const writeCursor = (id: string): string => Buffer.from(`before ${id}`).toString('base64url')

/** The id that a page ends before. Undefined for a cursor that is none of ours. */
export function cursorId(cursor: string): string | undefined {
  const id = cursorText.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.groups?.['id']
  // Decoding skips what is no base64: only what we would have written ourselves is ours.
  return id !== undefined && writeCursor(id) === cursor ? id : undefined
}

/** The rows to read: one more than the answer holds, because it tells whether another page follows. */
export const pageOf = (query: PageQuery, longest = longestPage): Page => ({
  before: (query.cursor == null ? undefined : cursorId(query.cursor)) ?? beyondEveryId,
  most: limitOf(query, longest) + 1,
})

/** The same list from `cursor` on: same path, same filters, same length. */
function nextUrl(request: FastifyRequest, limit: number, cursor: string): string {
  const [path = '', search = ''] = request.url.split('?', 2)
  const query = new URLSearchParams(search)
  query.set('limit', String(limit))
  query.set('cursor', cursor)
  return `${publicBase(request)}${path}?${query.toString()}`
}

/** Takes the page out of the rows that `pageOf` asked for, and links to the next one when there is more. */
export function linkNext<Item extends { readonly id: string }>(
  request: FastifyRequest,
  reply: { header(name: string, value: string): unknown },
  found: readonly Item[],
  longest = longestPage,
): Item[] {
  const limit = limitOf(request.query as PageQuery, longest)
  const page = found.slice(0, limit)
  const last = page.at(-1)
  if (last && found.length > page.length) {
    reply.header('Link', `<${nextUrl(request, limit, writeCursor(last.id))}>; rel="next"`)
  }
  return page
}
