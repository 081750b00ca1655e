import { type ContractField, type ContractOperation, fieldsOf, isModel } from './contract.ts'
import { type Answered, type Asked, detailOf, issuesOf } from './judge.ts'
import { contractAt, contractOperation } from './paths.ts'

/** Kinds of situations an operation can be in. What a test has shown of an operation is told in these. */
export const caseClasses = [
  'success',
  'double submit',
  'missing field',
  'null',
  'wrong type',
  'out of range',
  'bad value',
  'wrong state',
  'unknown id',
  'other merchant',
  'not verified',
  'no token',
  'malformed token',
  'expired token',
  'foreign token',
  'wrong verb',
  'other version',
] as const

export type CaseClass = (typeof caseClasses)[number]

/** A field that names something the merchant may or may not have. */
export interface IdPlace {
  readonly part: 'path' | 'query' | 'body'
  readonly name: string
}

/** End in `_id` and name nothing the merchant has: keys of the caller's own making, and who calls. */
const notIds = new Set(['reference_id', 'client_id', 'payment_method_id'])
const isId = ({ name }: ContractField): boolean =>
  (name.endsWith('_id') && !notIds.has(name)) || name === 'source_number'

export function idPlacesOf({ path_params, query, body }: ContractOperation): readonly IdPlace[] {
  const named = (part: IdPlace['part'], fields: readonly ContractField[]) =>
    fields.map(({ name }): IdPlace => ({ part, name }))
  return [
    ...named('path', path_params),
    ...named('query', query.filter(isId)),
    ...named('body', (body ?? []).filter(isId)),
  ]
}

function withNested(fields: readonly ContractField[]): readonly ContractField[] {
  return fields.flatMap((field) => {
    const model = field.ref ?? field.items
    return model !== undefined && isModel(model) ? [field, ...withNested(fieldsOf(model))] : [field]
  })
}

const hasFormat = ({ enum: list, format, pattern }: ContractField): boolean =>
  list !== undefined ||
  pattern !== undefined ||
  ['e164-no-plus', 'uuid4', 'date-time', 'iso4217'].includes(format ?? '')

/** Error codes for what is there but not as it would have to be. */
const isAboutState = ({ code, type }: ContractOperation['errors'][number]): boolean =>
  code === 'receipt_not_available' ||
  (code !== 'account_inactive' && type === 'value_error.state') ||
  (code !== 'session_not_found' && type === 'value_error.session')

/** Which cases an operation can meet, by its fields and errors. */
export function applicableTo(operation: ContractOperation): readonly CaseClass[] {
  const { body, query, auth, method } = operation
  const fields = [...query, ...withNested(body ?? [])]
  const takesBody = body !== null
  const applies: Readonly<Record<CaseClass, boolean>> = {
    success: true,
    'double submit': method !== 'GET',
    'missing field': takesBody || query.some(({ required }) => required),
    null: takesBody,
    'wrong type': takesBody || query.some(({ type }) => type !== 'string'),
    'out of range': fields.some(({ min, min_items }) => min !== undefined || min_items !== undefined),
    'bad value': takesBody || query.some(hasFormat),
    'wrong state': operation.errors.some(isAboutState),
    'unknown id': idPlacesOf(operation).length > 0,
    'other merchant': idPlacesOf(operation).length > 0,
    'not verified': operation.verification_gate === 'required',
    'no token': auth,
    'malformed token': auth,
    'expired token': auth,
    'foreign token': auth,
    'wrong verb': true,
    'other version': true,
  }
  return caseClasses.filter((each) => applies[each])
}

const byType: readonly (readonly [RegExp, CaseClass])[] = [
  [/^value_error\.missing$/, 'missing field'],
  [/^type_error\.none/, 'null'],
  [/^type_error/, 'wrong type'],
  [/^value_error\.(number|decimal|any_str|list)\./, 'out of range'],
  [/^value_error\.state$/, 'wrong state'],
  [/^value_error\.not_found$/, 'unknown id'],
  [/^value_error\.(phone|uuid|enum|currency|datetime|jsondecode|combination|mismatch|cursor|url|ip)/, 'bad value'],
]

function casesOfIssues(body: unknown): readonly CaseClass[] {
  return (issuesOf(body) ?? []).flatMap(({ type, msg }) => {
    if (type === 'value_error.session') return msg.startsWith('session not found') ? ['unknown id'] : ['wrong state']
    const found = byType.find(([pattern]) => pattern.test(type))
    return found ? [found[1]] : []
  })
}

function tokenCase(authorization: string | undefined, nowSeconds: number): CaseClass {
  if (authorization === undefined) return 'no token'
  try {
    const payload: unknown = JSON.parse(Buffer.from(authorization.split('.')[1] ?? '', 'base64url').toString())
    const { exp } = payload as { exp?: unknown }
    return typeof exp === 'number' && exp < nowSeconds ? 'expired token' : 'foreign token'
  } catch {
    return 'malformed token'
  }
}

export interface Told extends Asked {
  readonly authorization: string | undefined
  readonly nowSeconds: number
  /** The very same request has succeeded before. */
  readonly isRepeated: boolean
}

export interface Seen {
  readonly operation: string
  readonly case: CaseClass
}

/** What an answer shows of which operations. */
export function seenIn(told: Told, { status, body }: Answered): readonly Seen[] {
  if (status === 405) return contractAt(told.path).map(({ id }) => ({ operation: id, case: 'wrong verb' }))
  const inV1 = contractOperation(told.method, told.path.replace(/^\/[^/]+\//, '/v1/'))
  if (!inV1) return []
  const see = (...cases: readonly CaseClass[]) => cases.map((each): Seen => ({ operation: inV1.id, case: each }))
  if (!told.path.startsWith('/v1/')) {
    return issuesOf(body)?.[0]?.type === 'value_error.const' ? see('other version') : []
  }
  const repeated: readonly CaseClass[] = told.isRepeated ? ['double submit'] : []
  switch (status) {
    case 200:
      return see('success', ...repeated)
    case 401:
      return inV1.auth ? see(tokenCase(told.authorization, told.nowSeconds)) : []
    case 403:
      return detailOf(body)?.includes('not verified') === true ? see('not verified') : []
    case 404:
      if (detailOf(body) === 'Not Found') return []
      return see(detailOf(body) === 'Receipt not available' ? 'wrong state' : 'unknown id', ...repeated)
    case 422:
      return see(...casesOfIssues(body), ...repeated)
    default:
      return []
  }
}
