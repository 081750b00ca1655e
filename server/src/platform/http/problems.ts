import { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify'
import { type BrokenRule, type FieldIssue, InvalidRequest, Problem, Unavailable } from '../../kernel/problem.ts'
import { isDatabaseUnavailable } from '../db/availability.ts'
import { CardDataRefused } from './card-data.ts'
import { BodyUnreadable, RequestInvalid, type WireIssue } from './validation.ts'

/** A caller who is not who they say they are: 401. */
export class Unauthenticated extends Problem {
  constructor(message = 'Could not validate credentials') {
    super('unauthenticated', message)
  }
}

/** Too many calls in one window: 429, with the whole seconds to wait. */
export class RateLimited extends Problem {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('rate_limited', 'Too many requests')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** How each broken rule is spelled in a `type`, where its name alone would not do. */
const wireType = (rule: BrokenRule): string => `value_error.${rule}`

const partsOf = ['params', 'body', 'querystring'] as const
const partNames = { params: 'path', body: 'body', querystring: 'query' } as const

/** Where the operation has a field of this name; what it has nowhere was derived from its body. */
function locate(request: FastifyRequest, { field }: FieldIssue): (string | number)[] {
  const [first, ...deeper] = typeof field === 'string' ? [field] : field
  const name = request.routeOptions.config.fieldNames?.[String(first)] ?? String(first)
  const schema = (request.routeOptions.schema ?? {}) as Record<
    string,
    { properties?: Record<string, unknown> } | undefined
  >
  const part = partsOf.find((each) => Object.hasOwn(schema[each]?.properties ?? {}, name)) ?? 'body'
  return [partNames[part], name, ...deeper]
}

/** Every part's issues at once: a caller with a wrong query and a wrong body hears of both. Card data is not looked into. */
function everyIssue(request: FastifyRequest, stoppedAt: RequestInvalid): readonly WireIssue[] {
  if (stoppedAt instanceof CardDataRefused) return stoppedAt.issues
  const received = { params: request.params, body: request.body, querystring: request.query }
  const issues = partsOf.flatMap((part) => {
    if (part === 'body' && stoppedAt instanceof BodyUnreadable) return stoppedAt.issues
    const check = request.getValidationFunction(part) as
      ((data: unknown) => { error?: RequestInvalid } | undefined) | undefined
    return check?.(received[part])?.error?.issues ?? []
  })
  return issues.length > 0 ? issues : stoppedAt.issues
}

const detail = (reply: FastifyReply, status: number, text: string) => reply.code(status).send({ detail: text })

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  switch (problem.kind) {
    case 'invalid': {
      const issues = problem instanceof InvalidRequest ? problem.issues : []
      return reply.code(422).send({
        detail: issues.map((issue) => ({
          loc: locate(request, issue),
          msg: issue.message,
          type: wireType(issue.rule),
        })),
      })
    }
    case 'unauthenticated':
      return detail(reply.header('WWW-Authenticate', 'Bearer'), 401, problem.message)
    case 'forbidden':
      return detail(reply, 403, problem.message)
    case 'not_found':
      return detail(reply, 404, problem.message)
    case 'rate_limited': {
      const seconds = problem instanceof RateLimited ? problem.retryAfterSeconds : 60
      return detail(reply.header('Retry-After', seconds), 429, problem.message)
    }
    case 'unavailable':
      if (problem instanceof Unavailable) reply.header('Retry-After', problem.retryAfterSeconds)
      return detail(reply, 503, problem.message)
  }
}

/** The one place where what went wrong becomes a status code and a body. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const cause: unknown = error
  if (cause instanceof RequestInvalid) return reply.code(422).send({ detail: everyIssue(request, cause) })
  if (cause instanceof Problem) return sendProblem(cause, request, reply)
  if (isDatabaseUnavailable(cause)) {
    request.log.error({ err: error }, 'database unavailable')
    return detail(reply.header('Retry-After', 1), 503, 'Service Unavailable')
  }
  // What the framework itself refuses before a route sees it, a body that is too large above all.
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return detail(reply, error.statusCode, error.message)
  }
  request.log.error({ err: error }, 'request failed')
  return detail(reply, 500, 'Internal Server Error')
}
