import { createHash } from 'node:crypto'
import { type FastifyReply, type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { compress, compressOnce, encodingFor } from '../platform/http/encoding.ts'
import { publicBase } from '../platform/http/public-base.ts'
import { type Http } from '../platform/http/server.ts'
import { type Guide, readGuides } from './guides.ts'
import { writeLlms, writeLlmsFull } from './llms.ts'
import { type Group, readGroups } from './operation.ts'
import { readingPolicy, tryingPolicy } from './page.ts'
import { writeOperation } from './reference.ts'
import { type Credentials } from './try-it.ts'
import { showContents, showGuide, showMissing, showOperation, showReference } from './views.ts'

export interface DocsContext {
  /** What readers try operations with. Undefined means that pages only show: in live mode money would move. */
  readonly tryWith: Credentials | undefined
}

/** Until a release brings others. Short, because whoever upgrades wants to read what they now have. */
const cachedSeconds = 300

/** Of what is written anew for each reader: quickly. */
const brotliQuality = 5

const types = {
  page: 'text/html; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const

const headers = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  Vary: 'Accept-Encoding',
} as const

interface Text {
  readonly type: keyof typeof types
  readonly text: string
  readonly tag: string
  readonly policy: string
  /** Undefined for what is written anew for each reader. */
  readonly compressed?: ReturnType<typeof compressOnce>
}

const textOf = (type: Text['type'], text: string, policy = readingPolicy): Text => ({
  type,
  text,
  policy,
  tag: createHash('sha256').update(text).digest('base64url').slice(0, 16),
})

const kept = (text: Text): Text => ({ ...text, compressed: compressOnce(text.text) })

async function send(request: FastifyRequest, reply: FastifyReply, status: number, sent: Text): Promise<FastifyReply> {
  const encoding = encodingFor(request)
  // Each encoding is another form, and says so: a cache must not call one the other.
  const tag = `"${sent.tag}${encoding ?? ''}"`
  void reply.code(status).headers(headers).header('Content-Security-Policy', sent.policy)
  if (status === 200) {
    void reply.header('ETag', tag).header('Cache-Control', `public, max-age=${cachedSeconds}`)
    if (request.headers['if-none-match'] === tag) return reply.code(304).send()
  }
  void reply.header('Content-Type', types[sent.type])
  if (!encoding) return reply.send(sent.text)
  const compressed = await (sent.compressed?.(encoding) ?? compress(sent.text, encoding, brotliQuality))
  return reply.header('Content-Encoding', encoding).send(compressed)
}

interface Library {
  readonly guides: readonly Guide[]
  readonly groups: readonly Group[]
  /** Every text there is, by its path: all are known before the first is asked for. */
  readonly texts: ReadonlyMap<string, Text>
}

function openLibrary(groups: readonly Group[], { tryWith }: DocsContext): Library {
  const guides = readGuides()
  const operations = groups.flatMap((group) => group.operations)
  const policy = tryWith ? tryingPolicy : readingPolicy
  const texts: readonly (readonly [path: string, text: Text])[] = [
    ['docs', textOf('page', showContents(guides).text)],
    ['docs/reference', textOf('page', showReference(groups).text)],
    ...guides.flatMap((guide) => [
      [`docs/guides/${guide.name}`, textOf('page', showGuide(guides, guide).text)] as const,
      [`docs/guides/${guide.name}.md`, textOf('markdown', guide.markdown)] as const,
    ]),
    ...operations.flatMap((operation) => [
      [`docs/reference/${operation.id}`, textOf('page', showOperation(operation, tryWith).text, policy)] as const,
      [`docs/reference/${operation.id}.md`, textOf('markdown', writeOperation(operation))] as const,
    ]),
    ['llms-full.txt', textOf('text', writeLlmsFull(guides, groups))],
  ]
  return { guides, groups, texts: new Map(texts.map(([path, text]) => [path, kept(text)])) }
}

/**
 * The documentation: written once, kept in memory, the same for everybody. It asks the database nothing, so it is counted
 * against no rate limit, and it is as public in live mode as the description of the API.
 */
export function docsRoutes(http: Http, context: DocsContext): void {
  let opened: Library | undefined
  const library = (): Library => (opened ??= openLibrary(readGroups(http.describeApi()), context))
  const open = { config: { public: true }, schema: { hide: true } } as const

  const sendKept = (request: FastifyRequest, reply: FastifyReply, path: string, root: string) => {
    const found = library().texts.get(path)
    return found ? send(request, reply, 200, found) : send(request, reply, 404, textOf('page', showMissing(root).text))
  }

  for (const [path, root] of [
    ['docs', ''],
    ['docs/reference', '../'],
  ] as const) {
    http.get(`/${path}`, open, (request, reply) => {
      // Addresses in pages are relative: after one more slash they would lead elsewhere.
      const [asked = ''] = request.url.split('?', 1)
      return asked.endsWith('/')
        ? reply.redirect(`../${path.split('/').pop() ?? ''}`, 308)
        : sendKept(request, reply, path, root)
    })
  }
  for (const folder of ['docs/guides', 'docs/reference'] as const) {
    http.get(
      `/${folder}/:name`,
      { ...open, schema: { hide: true, params: Type.Object({ name: Type.String() }) } },
      (request, reply) => sendKept(request, reply, `${folder}/${request.params.name}`, '../../'),
    )
  }
  http.get('/llms-full.txt', open, (request, reply) => sendKept(request, reply, 'llms-full.txt', ''))
  http.get('/llms.txt', open, (request, reply) => {
    const { guides, groups } = library()
    return send(request, reply, 200, textOf('text', writeLlms(publicBase(request), guides, groups)))
  })
}
