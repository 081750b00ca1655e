import { type ErrorObject, type ValidateFunction } from 'ajv'
import { contractAnswer, describedAnswer } from './answer-schemas.ts'
import { type ContractOperation } from './contract.ts'
import { type DescribedOperation } from './described.ts'
import { contractOperation, describedOperation } from './paths.ts'

/** What was asked, as far as it matters to the answer. */
export interface Asked {
  readonly method: string
  /** Without its query. */
  readonly path: string
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly body: unknown
}

export interface Issue {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

/** Statuses of the contract, and those that HTTP itself asks for: too large a body, too long an address, too slow a caller. */
const knownStatuses = new Set([200, 401, 403, 404, 405, 408, 413, 414, 422, 429, 431, 502, 503])

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isIssue = (value: unknown): value is Issue =>
  isObject(value) &&
  Array.isArray(value['loc']) &&
  value['loc'].length > 0 &&
  value['loc'].every((step) => typeof step === 'string' || Number.isInteger(step)) &&
  typeof value['msg'] === 'string' &&
  typeof value['type'] === 'string' &&
  Object.keys(value).length === 3

/** The issues of a 422; undefined for a body that is not of its form. */
export function issuesOf(body: unknown): readonly Issue[] | undefined {
  if (!isObject(body) || Object.keys(body).join() !== 'detail') return undefined
  const detail: unknown = body['detail']
  return Array.isArray(detail) && detail.length > 0 && detail.every(isIssue) ? detail : undefined
}

export const detailOf = (body: unknown): string | undefined =>
  isObject(body) && Object.keys(body).join() === 'detail' && typeof body['detail'] === 'string'
    ? body['detail']
    : undefined

const tell = ({ instancePath, message, params }: ErrorObject): string =>
  `${instancePath === '' ? 'the body' : instancePath} ${message ?? 'is wrong'} ${JSON.stringify(params)}`

const against = (whose: string, validate: ValidateFunction, body: unknown): string[] =>
  validate(body) ? [] : (validate.errors ?? []).map((error) => `${whose}: ${tell(error)}`)

function judgeSuccess(
  body: unknown,
  wanted: ContractOperation | undefined,
  found: DescribedOperation | undefined,
): string[] {
  if (!found) return ['an answer of an operation that openapi.json does not describe']
  const own = describedAnswer(found, 200)
  return [
    ...(own ? against('openapi.json', own, body) : ['openapi.json does not describe this answer']),
    ...(wanted ? against('contract', contractAnswer(wanted), body) : []),
  ]
}

function judgeIssues(
  body: unknown,
  wanted: ContractOperation | undefined,
  found: DescribedOperation | undefined,
): string[] {
  const issues = issuesOf(body)
  if (!issues) return ['a 422 whose body is no list of loc, msg and type']
  const partsOf = (operation: ContractOperation): Readonly<Record<string, readonly string[]>> => ({
    body: (operation.body ?? []).map(({ name }) => name),
    query: operation.query.map(({ name }) => name),
    path: ['version', ...operation.path_params.map(({ name }) => name)],
  })
  const extra = new Set(found?.parameters.map(({ name }) => name))
  return issues.flatMap(({ loc: [part, field], type }) => {
    const spelled = /^(value_error|type_error)(\.[a-z0-9_.]+)?$/.test(type) ? [] : [`an issue of type ${type}`]
    if (!['body', 'query', 'path'].includes(String(part))) return [...spelled, `an issue with ${String(part)}`]
    const names = wanted && partsOf(wanted)[String(part)]
    // Card data is refused under whatever name it comes, most of all under one that is no field.
    const anywhere = field === undefined || type === 'value_error.card_data'
    const isKnown = anywhere || !names || names.includes(String(field)) || extra.has(String(field))
    return isKnown ? spelled : [...spelled, `an issue with ${String(part)}.${String(field)}, which is no field`]
  })
}

/** Texts that the contract gives for a status; none where it leaves them open. */
function textsOf(status: number, wanted: ContractOperation | undefined): readonly string[] {
  const particular = (wanted?.errors ?? []).filter((error) => error.status === status).map(({ detail }) => detail ?? '')
  if (status === 401) return ['Not authenticated', 'Could not validate credentials']
  if (status === 405) return ['Method Not Allowed']
  if (status === 429) return ['Too many requests']
  if (status === 404) {
    // Whoever a query names as owner has to be the caller: a rule for all operations, told of none.
    const owner = wanted?.query.some(({ name }) => name === 'owner_id') === true ? ['Merchant not found'] : []
    return [...particular, ...owner, 'Not Found']
  }
  return status === 403 ? particular : []
}

function judgeError(
  { status, headers, body }: Answered,
  wanted: ContractOperation | undefined,
  found: DescribedOperation | undefined,
): string[] {
  const detail = detailOf(body)
  // What an operation of ours says is ours to say.
  const texts = found && !wanted && [403, 404].includes(status) ? [] : textsOf(status, wanted)
  return [
    ...(detail === undefined ? [`a ${status} whose body is not {"detail": "<text>"}`] : []),
    ...(detail !== undefined && texts.length > 0 && !texts.includes(detail)
      ? [`a ${status} that says "${detail}"`]
      : []),
    ...(status === 401 && headers.get('www-authenticate') !== 'Bearer' ? ['a 401 without WWW-Authenticate'] : []),
    ...(status === 429 && !/^[1-9]\d*$/.test(headers.get('retry-after') ?? '') ? ['a 429 without Retry-After'] : []),
    ...(status === 405 && !headers.has('allow') ? ['a 405 without Allow'] : []),
  ]
}

/** What is wrong with an answer of the API, whoever asked and whatever for. Knows nothing of the world behind it. */
export function breachesOf({ method, path }: Asked, answered: Answered): readonly string[] {
  if (!/^\/v\d+\//.test(path) || method === 'OPTIONS' || method === 'HEAD') return []
  const { status, headers, body } = answered
  const wanted = contractOperation(method, path)
  const found = describedOperation(method, path)
  const isJson = /^application\/json(;|$)/.test(headers.get('content-type') ?? '')
  const judged =
    status === 200
      ? judgeSuccess(body, wanted, found)
      : status === 422
        ? judgeIssues(body, wanted, found)
        : judgeError(answered, wanted, found)
  return [
    ...(knownStatuses.has(status) ? [] : [`the status ${status}`]),
    ...(isJson ? [] : ['a body that is not application/json']),
    ...judged,
  ]
}
