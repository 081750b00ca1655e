export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = Record<string, Json>

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const textAt = (value: JsonObject, key: string): string => (typeof value[key] === 'string' ? value[key] : '')

export interface OperationText {
  readonly summary: string
  readonly description?: string
  /** A body that the operation takes. */
  readonly example?: Readonly<Record<string, Json>>
}

/** What routes do not say of themselves: words for people. A route that does say so keeps its own. */
export interface ApiTexts {
  /** By tag, in the order of reading. */
  readonly groups: Readonly<Record<string, string>>
  /** By operation id. */
  readonly operations: Readonly<Record<string, OperationText>>
  /** By `Model.field`, else by the name of the field. */
  readonly fields: Readonly<Record<string, string>>
}

const noTexts: ApiTexts = { groups: {}, operations: {}, fields: {} }

const errorSchemas: JsonObject = {
  ErrorDetail: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'string' } },
  },
  ValidationErrorItem: {
    type: 'object',
    required: ['loc', 'msg', 'type'],
    properties: {
      loc: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
      msg: { type: 'string' },
      type: { type: 'string' },
    },
  },
  HTTPValidationError: {
    type: 'object',
    required: ['detail'],
    properties: { detail: { type: 'array', items: { $ref: '#/components/schemas/ValidationErrorItem' } } },
  },
}

const answer = (description: string, schema: string, headers?: JsonObject): JsonObject => ({
  description,
  ...(headers && { headers }),
  content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
})

const rateLimitHeaders: JsonObject = {
  'RateLimit-Policy': {
    description: 'How many calls (`q`) a window of so many seconds (`w`) has, for the merchant or the address.',
    schema: { type: 'string', examples: ['"merchant";q=600;w=60'] },
  },
  RateLimit: {
    description: 'How many calls remain (`r`), and for how many seconds the window still lasts (`t`).',
    schema: { type: 'string', examples: ['"merchant";r=599;t=41'] },
  },
}

const counted = Object.fromEntries(
  Object.keys(rateLimitHeaders).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
)

const retryAfter: JsonObject = {
  'Retry-After': { required: true, description: 'Whole seconds to wait.', schema: { type: 'integer' } },
}

const nextPage: JsonObject = {
  Link: { description: 'Where the next page is, when there is one: `<url>; rel="next"`.', schema: { type: 'string' } },
}

/** Moves every schema with a title to `components`, once, and leaves a reference in its place. */
function nameSchemas(value: Json, named: JsonObject): Json {
  if (Array.isArray(value)) return value.map((each) => nameSchemas(each, named))
  if (!isObject(value)) return value
  const resolved = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, nameSchemas(each, named)]))
  const { title, type, ...rest } = resolved
  if (typeof title !== 'string' || type === undefined) return resolved
  const plain = Array.isArray(type) ? type.filter((each) => each !== 'null') : [type]
  named[title] ??= { title, type: plain.length === 1 ? (plain[0] ?? 'object') : plain, ...rest }
  const reference: JsonObject = { $ref: `#/components/schemas/${title}` }
  return Array.isArray(type) && type.includes('null') ? { anyOf: [reference, { type: 'null' }] } : reference
}

/** What a field means comes first, then what its type asks of it. */
function describeFields(schemas: JsonObject, texts: ApiTexts['fields']): void {
  for (const [model, schema] of Object.entries(schemas)) {
    if (!isObject(schema) || !isObject(schema['properties'])) continue
    for (const [name, field] of Object.entries(schema['properties'])) {
      const meaning = texts[`${model}.${name}`] ?? texts[name]
      if (!isObject(field) || meaning === undefined) continue
      const rule = field['description']
      field['description'] = typeof rule === 'string' ? `${meaning} ${rule}` : meaning
    }
  }
}

function describeParameters(parameters: Json | undefined, texts: ApiTexts['fields']): void {
  if (!Array.isArray(parameters)) return
  for (const parameter of parameters) {
    if (!isObject(parameter) || parameter['description'] !== undefined) continue
    const meaning = texts[textAt(parameter, 'name')]
    if (meaning !== undefined) parameter['description'] = meaning
  }
}

function describeOperation(operation: JsonObject, { operations, fields }: ApiTexts): void {
  const { summary, description, example } = operations[textAt(operation, 'operationId')] ?? {}
  if (summary !== undefined) operation['summary'] ??= summary
  if (description !== undefined) operation['description'] ??= description
  describeParameters(operation['parameters'], fields)
  const body = isObject(operation['requestBody']) ? operation['requestBody']['content'] : undefined
  const json = isObject(body) ? body['application/json'] : undefined
  if (isObject(json) && example !== undefined) json['example'] ??= example
}

/** Every tag that is used: those with words first, in their order. */
function listTags(paths: JsonObject, groups: ApiTexts['groups']): JsonObject[] {
  const used = new Set(
    Object.values(paths).flatMap((operations) =>
      Object.values(isObject(operations) ? operations : {}).flatMap((operation) =>
        isObject(operation) && Array.isArray(operation['tags']) ? operation['tags'].map(String) : [],
      ),
    ),
  )
  const named = Object.keys(groups).filter((name) => used.has(name))
  return [...named, ...[...used].filter((name) => groups[name] === undefined)].map((name) => ({
    name,
    ...(groups[name] !== undefined && { description: groups[name] }),
  }))
}

/**
 * Finishes the document that the routes' own schemas add up to: named models in one place, and the answers that every
 * operation shares.
 */
export function finishDocument(document: JsonObject, texts: ApiTexts = noTexts): JsonObject {
  const named: JsonObject = {}
  const { info, ...described } = document
  const finished = nameSchemas(described, named) as JsonObject
  const paths = isObject(finished['paths']) ? finished['paths'] : {}
  for (const [path, operations] of Object.entries(paths)) {
    if (!isObject(operations)) continue
    for (const [verb, operation] of Object.entries(operations)) {
      if (!isObject(operation) || !isObject(operation['responses'])) continue
      operation['tags'] ??= [path.split('/')[2] ?? path]
      describeOperation(operation, texts)
      const responses = operation['responses']
      const authenticated = operation['security'] === undefined
      const takesInput = operation['parameters'] !== undefined || operation['requestBody'] !== undefined
      const parameters = JSON.stringify(operation['parameters'] ?? [])
      const names = parameters.includes('"in":"path"') || (verb === 'get' && parameters.includes('"required":true'))
      if (parameters.includes('"name":"cursor"') && isObject(responses['200'])) responses['200']['headers'] = nextPage
      responses['401'] = answer('Not authenticated', 'ErrorDetail')
      if (names && authenticated) responses['404'] ??= answer('Not found', 'ErrorDetail')
      if (takesInput) responses['422'] = answer('Validation error', 'HTTPValidationError')
      responses['429'] = answer('Too many requests', 'ErrorDetail', retryAfter)
      for (const [status, response] of Object.entries(responses)) {
        // Whoever has no good token is not known, and so not counted.
        if (!isObject(response) || (status === '401' && authenticated)) continue
        response['headers'] = { ...(isObject(response['headers']) && response['headers']), ...counted }
      }
    }
  }
  const components = isObject(finished['components']) ? finished['components'] : {}
  const schemas = Object.fromEntries(Object.entries({ ...named, ...errorSchemas }).sort(([a], [b]) => (a < b ? -1 : 1)))
  describeFields(schemas, texts.fields)
  const tags = listTags(paths, texts.groups)
  return {
    openapi: '3.1.0',
    info: info ?? {},
    ...finished,
    tags,
    components: { ...components, headers: rateLimitHeaders, schemas },
  }
}
