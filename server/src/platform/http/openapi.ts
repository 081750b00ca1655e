type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = Record<string, Json>

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

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

/**
 * Finishes the document that the routes' own schemas add up to: named models in one place, and the answers that every
 * operation shares.
 */
export function finishDocument(document: JsonObject): JsonObject {
  const named: JsonObject = {}
  const { info, ...described } = document
  const finished = nameSchemas(described, named) as JsonObject
  const paths = isObject(finished['paths']) ? finished['paths'] : {}
  for (const [path, operations] of Object.entries(paths)) {
    if (!isObject(operations)) continue
    for (const [verb, operation] of Object.entries(operations)) {
      if (!isObject(operation) || !isObject(operation['responses'])) continue
      operation['tags'] ??= [path.split('/')[2] ?? path]
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
  return {
    openapi: '3.1.0',
    info: info ?? {},
    ...finished,
    components: { ...components, headers: rateLimitHeaders, schemas },
  }
}
