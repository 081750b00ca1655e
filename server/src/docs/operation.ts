import { type Json, type JsonObject } from '../platform/http/openapi.ts'

export interface Field {
  /** With the names of what it is in: `passcode.token.code`, `items[].amount`. */
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly meaning: string
}

export interface Parameter extends Field {
  readonly place: 'path' | 'query'
  readonly choices: readonly string[]
}

/** One operation of the API, as its description has it. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly group: string
  readonly summary: string
  readonly description: string
  readonly needsToken: boolean
  readonly parameters: readonly Parameter[]
  readonly body: readonly Field[]
  readonly example: Json | undefined
  readonly answer: readonly Field[]
  readonly refusals: readonly { readonly status: string; readonly meaning: string }[]
}

export interface Group {
  readonly name: string
  readonly about: string
  readonly operations: readonly Operation[]
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const objectAt = (value: JsonObject, ...keys: readonly string[]): JsonObject =>
  keys.reduce<JsonObject>((inner, key) => (isObject(inner[key]) ? inner[key] : {}), value)
const textAt = (value: JsonObject, key: string): string => (typeof value[key] === 'string' ? value[key] : '')
const listAt = (value: JsonObject, key: string): readonly Json[] => (Array.isArray(value[key]) ? value[key] : [])
const objectsAt = (value: JsonObject, key: string): readonly JsonObject[] => listAt(value, key).filter(isObject)

type Resolve = (schema: JsonObject) => JsonObject

const resolverOf =
  (document: JsonObject): Resolve =>
  (schema) => {
    const name = textAt(schema, '$ref').split('/').pop()
    return name === undefined || name === '' ? schema : objectAt(document, 'components', 'schemas', name)
  }

/** A schema that allows null beside something: what that something is. */
function besideNull(schema: JsonObject): { readonly inner: JsonObject; readonly nullable: boolean } {
  const branches = objectsAt(schema, 'anyOf')
  const others = branches.filter((branch) => branch['type'] !== 'null')
  const [only] = others
  return others.length === 1 && only && others.length < branches.length
    ? { inner: only, nullable: true }
    : { inner: schema, nullable: false }
}

const choicesOf = (schema: JsonObject): readonly string[] => {
  const { inner } = besideNull(schema)
  const own = listAt(inner, 'enum')
  const branches = objectsAt(inner, 'anyOf').map((branch) => branch['const'] ?? null)
  return [...own, ...branches].filter((each) => each !== null).map(String)
}

function typeOf(schema: JsonObject, resolve: Resolve): string {
  const { inner, nullable } = besideNull(schema)
  const resolved = resolve(inner)
  const types = Array.isArray(resolved['type']) ? resolved['type'].map(String) : [textAt(resolved, 'type')]
  const branches = objectsAt(resolved, 'anyOf').map((branch) => typeOf(branch, resolve))
  const named = types.filter((type) => type !== '' && type !== 'null')
  const all = [...new Set([...named, ...branches])].join(' or ') || 'any'
  const format = textAt(resolved, 'format')
  const list = all === 'array' ? `list of ${typeOf(objectAt(resolved, 'items'), resolve)}` : all
  return `${list}${format === '' ? '' : ` (${format})`}${nullable || types.includes('null') ? ', or null' : ''}`
}

/** Deep enough for everything there is; a bound all the same. */
const deepest = 4

/** All fields of a model, those of models within it too. */
function fieldsOf(schema: JsonObject, resolve: Resolve, prefix = '', depth = 0): Field[] {
  const resolved = resolve(besideNull(schema).inner)
  if (resolved['type'] === 'array') return fieldsOf(objectAt(resolved, 'items'), resolve, `${prefix}[].`, depth)
  const required = listAt(resolved, 'required')
  return Object.entries(objectAt(resolved, 'properties')).flatMap(([key, value]) => {
    if (!isObject(value)) return []
    const choices = choicesOf(value)
    const meaning = [textAt(value, 'description'), choices.length > 0 ? `One of ${choices.join(', ')}.` : '']
    const name = `${prefix}${key}`
    const inner = resolve(besideNull(value).inner)
    const isList = inner['type'] === 'array'
    const within = depth < deepest ? fieldsOf(value, resolve, isList ? name : `${name}.`, depth + 1) : []
    return [
      {
        name,
        type: typeOf(value, resolve),
        required: required.includes(key),
        meaning: meaning.filter((each) => each !== '').join(' '),
      },
      ...within,
    ]
  })
}

const readParameter = (parameter: JsonObject, resolve: Resolve): Parameter => {
  const schema = objectAt(parameter, 'schema')
  const choices = choicesOf(schema)
  const meaning = textAt(parameter, 'description')
  return {
    name: textAt(parameter, 'name'),
    place: parameter['in'] === 'path' ? 'path' : 'query',
    type: typeOf(schema, resolve),
    required: parameter['required'] === true,
    choices,
    meaning: [meaning, choices.length > 0 ? `One of ${choices.join(', ')}.` : ''].filter((each) => each).join(' '),
  }
}

const jsonOf = (holder: JsonObject): JsonObject => objectAt(holder, 'content', 'application/json')

function readOperation(path: string, method: string, operation: JsonObject, resolve: Resolve): Operation {
  const answers = objectAt(operation, 'responses')
  const body = jsonOf(objectAt(operation, 'requestBody'))
  return {
    id: textAt(operation, 'operationId'),
    method: method.toUpperCase(),
    path,
    group: listAt(operation, 'tags').find((tag) => typeof tag === 'string') ?? '',
    summary: textAt(operation, 'summary') || textAt(operation, 'operationId'),
    description: textAt(operation, 'description'),
    needsToken: listAt(operation, 'security').length > 0 || operation['security'] === undefined,
    parameters: objectsAt(operation, 'parameters')
      .filter((each) => each['in'] === 'path' || each['in'] === 'query')
      .map((each) => readParameter(each, resolve)),
    body: fieldsOf(objectAt(body, 'schema'), resolve),
    example: body['example'],
    answer: fieldsOf(objectAt(jsonOf(objectAt(answers, '200')), 'schema'), resolve),
    refusals: Object.entries(answers)
      .filter(([status]) => status !== '200')
      .map(([status, answer]) => ({ status, meaning: isObject(answer) ? textAt(answer, 'description') : '' })),
  }
}

const verbs = new Set(['get', 'post', 'put', 'delete', 'patch'])

/** The whole API, group by group, in the order in which the description names them. */
export function readGroups(document: JsonObject): readonly Group[] {
  const resolve = resolverOf(document)
  const operations = Object.entries(objectAt(document, 'paths')).flatMap(([path, methods]) =>
    Object.entries(isObject(methods) ? methods : {}).flatMap(([method, operation]) =>
      verbs.has(method) && isObject(operation) ? [readOperation(path, method, operation, resolve)] : [],
    ),
  )
  return objectsAt(document, 'tags').map((tag) => ({
    name: textAt(tag, 'name'),
    about: textAt(tag, 'description'),
    operations: operations.filter(({ group }) => group === tag['name']),
  }))
}
