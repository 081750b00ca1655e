import { randomBytes } from 'node:crypto'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { type Socket } from 'node:net'
import cors from '@fastify/cors'
import swagger from '@fastify/swagger'
import { type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import {
  type ConnectionError,
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault,
  fastify,
  LogController,
} from 'fastify'
import { type Logger } from '../log.ts'
import { refuseCardData } from './card-data.ts'
import { compressOnce, encodingFor } from './encoding.ts'
import { type ApiTexts, finishDocument, type JsonObject } from './openapi.ts'
import { sendError } from './problems.ts'
import { rateLimitHeaders } from './rate-limit.ts'
import { BodyUnreadable, compileValidator, RequestInvalid } from './validation.ts'
import { warningHeader } from './warnings.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What `/openapi.json` answers, once all routes are there. */
    describeApi: () => JsonObject
  }
  interface FastifyContextConfig {
    /** What the operation calls a field that the services know by another name. */
    fieldNames?: Record<string, string>
    /** Needs no bearer token. */
    public?: boolean
    /** Takes no body: whatever arrives is ignored, unread and unparsed. */
    ignoreBody?: boolean
    /** Takes the body as the bytes that arrived. */
    rawBody?: boolean
  }
}

/** What the rest of the server calls the web framework. */
export type Http = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface HttpOptions {
  readonly log: Logger
  readonly publicUrl: string
  /** What links in answers begin with. Undefined means the address that a request itself named. */
  readonly linkBase: string | undefined
  /** Believe `X-Forwarded-For`: only behind a proxy that sets it. */
  readonly trustProxy: boolean
  /** Runs before a request to another API version is refused, as before every operation. */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  readonly register: (http: Http) => Promise<void>
  /** Words for the description of the API. */
  readonly texts: ApiTexts
}

/** Large enough for a document with a thousand lines, small enough to be held for every connection at once. */
const bodyLimit = 256 * 1024

const quietPaths = /^\/(health|openapi\.json)$/

interface KnownPath {
  readonly pattern: RegExp
  readonly public: boolean
  readonly methods: Set<string>
}

const toPattern = (url: string): RegExp =>
  new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:[a-z_]+/g, '[^/]+')}/?$`)

function parseBodies(http: Http): void {
  // Bodies are JSON whatever their content type claims: curl's default says "form", some clients say nothing.
  http.removeAllContentTypeParsers()
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const { ignoreBody, rawBody } = request.routeOptions.config
    if (rawBody === true) {
      done(null, body)
      return
    }
    if (ignoreBody === true || body.length === 0) {
      done(null, undefined)
      return
    }
    try {
      done(null, JSON.parse(body.toString('utf8')))
    } catch {
      done(new BodyUnreadable())
    }
  })
}

/** Answers what no route takes: an unknown path, a known path with another verb, a known operation of another version. */
function answerUnknown(http: Http, known: Map<string, KnownPath>, authenticate: HttpOptions['authenticate']): void {
  const find = (path: string) => [...known.values()].find(({ pattern }) => pattern.test(path))
  http.setNotFoundHandler(async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const sameVersion = find(path)
    if (sameVersion) {
      return reply
        .code(405)
        .header('Allow', [...sameVersion.methods].join(', '))
        .send({ detail: 'Method Not Allowed' })
    }
    const otherVersion = /^\/[^/]+(\/.+)$/.exec(path)
    const operation = otherVersion && find(`/v1${otherVersion[1] ?? ''}`)
    if (!operation?.methods.has(request.method)) return reply.code(404).send({ detail: 'Not Found' })
    if (!operation.public) await authenticate(request, reply)
    throw new RequestInvalid([
      { loc: ['path', 'version'], msg: "unexpected value; permitted: 'v1'", type: 'value_error.const' },
    ])
  })
}

function sendFrameworkError(raw: ServerResponse, status: number, text: string): void {
  const body = JSON.stringify({ detail: text })
  raw.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  raw.end(body)
}

const unreadable: Readonly<Record<string, readonly [status: number, text: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large'],
}

/** Answers bytes that never became a request: headers too large, too slow, or no HTTP at all. */
function answerUnreadable(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  const [status, text] = unreadable[error.code] ?? [400, 'Bad Request']
  const body = JSON.stringify({ detail: text })
  const head = [`HTTP/1.1 ${status} ${text}`, 'Connection: close', `Content-Length: ${Buffer.byteLength(body)}`]
  socket.end([...head, 'Content-Type: application/json; charset=utf-8', '', body].join('\r\n'))
}

/** An HTTP server with the contract's manners and no operations yet: `register` brings those. */
export async function createHttp(options: HttpOptions): Promise<Http> {
  const { log, publicUrl, linkBase, trustProxy, authenticate, register, texts } = options
  const node = randomBytes(4).toString('hex')
  let requests = 0
  // The framework's own logger type: with pino's, every route would carry pino's generics.
  const loggerInstance: FastifyBaseLogger = log
  const http = fastify({
    loggerInstance,
    // A line for every request costs as much as all of the framework; what fails is logged where it fails.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    trustProxy,
    requestTimeout: 30_000,
    keepAliveTimeout: 75_000,
    genReqId: () => `${node}-${(requests += 1).toString(36)}`,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
    // An answer of several shapes is told by its structure; formats are for what comes in.
    serializerOpts: { ajv: { validateFormats: false } },
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (error, _request, reply) => {
      sendFrameworkError(
        reply.raw,
        error.statusCode === 414 ? 414 : 404,
        error.statusCode === 414 ? 'URI Too Long' : 'Not Found',
      )
    },
  }).withTypeProvider<TypeBoxTypeProvider>()

  http.decorate('linkBase', linkBase)
  http.setValidatorCompiler(compileValidator)
  http.setErrorHandler(sendError)
  parseBodies(http)
  http.addHook('preValidation', refuseCardData)

  const known = new Map<string, KnownPath>()
  http.addHook('onRoute', ({ url, method, config }) => {
    const path = known.get(url) ?? {
      pattern: toPattern(url),
      public: config?.public === true,
      methods: new Set<string>(),
    }
    for (const each of [method].flat()) path.methods.add(each)
    known.set(url, path)
  })
  // A server that stops lets go of each connection with its last answer, or idle clients would keep it up.
  let stopping = false
  http.addHook('preClose', async () => {
    stopping = true
  })
  http.addHook('onSend', async (request, reply) => {
    if (stopping) reply.header('Connection', 'close')
    if (!quietPaths.test(request.url)) reply.header('X-Request-Id', request.id)
  })

  await http.register(cors, {
    methods: ['GET', 'POST', 'PUT', 'DELETE'],
    exposedHeaders: ['Retry-After', ...rateLimitHeaders, 'Link', 'X-Request-Id', warningHeader],
  })
  await http.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Dollr Open API',
        version: 'v1',
        description:
          'Collect mobile money, pay out, transfer and refund, with invoices, orders, hosted checkout, receipts and wallets on a double-entry ledger.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: publicUrl }],
      components: { securitySchemes: { HTTPBearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
      security: [{ HTTPBearer: [] }],
    },
  })
  let document: JsonObject | undefined
  http.decorate('describeApi', () => {
    document ??= finishDocument(http.swagger() as unknown as JsonObject, texts)
    return document
  })
  answerUnknown(http, known, authenticate)
  await register(http)

  let described: { readonly text: string; readonly compressed: ReturnType<typeof compressOnce> } | undefined
  http.get('/openapi.json', { config: { public: true }, schema: { hide: true } }, async (request, reply) => {
    const text = described?.text ?? JSON.stringify(http.describeApi())
    described ??= { text, compressed: compressOnce(text) }
    const encoding = encodingFor(request)
    void reply.header('Content-Type', 'application/json; charset=utf-8').header('Vary', 'Accept-Encoding')
    if (!encoding) return reply.send(text)
    return reply.header('Content-Encoding', encoding).send(await described.compressed(encoding))
  })
  return http
}
