import { expect, test } from 'vitest'
import { finishDocument } from './openapi.ts'

type Document = Parameters<typeof finishDocument>[0]

const ok = (schema: Document): Document => ({
  200: { description: 'OK', content: { 'application/json': { schema } } },
})

const finish = (operation: Document): Document => finishDocument({ paths: { '/v1/things': { post: operation } } })

/** Follows a path of keys; undefined where it ends early. */
const at = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  )

const thing = { title: 'Thing', type: 'object', required: ['id'], properties: { id: { type: 'integer' } } }
const operationOf = (document: Document): unknown => at(document, 'paths', '/v1/things', 'post')

test('a named model stands once under components, and is referred to wherever it is used', () => {
  const list = { type: 'array', items: { ...thing } }
  const document = finishDocument({
    paths: {
      '/v1/things': { post: { responses: ok({ ...thing }) }, get: { responses: ok(list) } },
    },
  })
  const reference = { $ref: '#/components/schemas/Thing' }
  const schemaOf = (verb: string) =>
    at(document, 'paths', '/v1/things', verb, 'responses', '200', 'content', 'application/json', 'schema')
  expect(schemaOf('post')).toEqual(reference)
  expect(schemaOf('get')).toEqual({ type: 'array', items: reference })
  expect(at(document, 'components', 'schemas', 'Thing')).toEqual(thing)
})

test('a model inside a model is named too', () => {
  const outer = { title: 'Outer', type: 'object', properties: { inner: { ...thing } } }
  const schemas = at(finish({ responses: ok(outer) }), 'components', 'schemas')
  expect(at(schemas, 'Outer', 'properties', 'inner')).toEqual({ $ref: '#/components/schemas/Thing' })
  expect(at(schemas, 'Thing')).toEqual(thing)
})

test('a model that may be null is a reference or null, and the model itself is not nullable', () => {
  const outer = { title: 'Outer', type: 'object', properties: { inner: { ...thing, type: ['object', 'null'] } } }
  const schemas = at(finish({ responses: ok(outer) }), 'components', 'schemas')
  expect(at(schemas, 'Outer', 'properties', 'inner')).toEqual({
    anyOf: [{ $ref: '#/components/schemas/Thing' }, { type: 'null' }],
  })
  expect(at(schemas, 'Thing', 'type')).toBe('object')
})

test('the title of the document itself is no model', () => {
  const document = finishDocument({ info: { title: 'Dollr Open API', version: 'v1' }, paths: {} })
  expect(document['openapi']).toBe('3.1.0')
  expect(document['info']).toEqual({ title: 'Dollr Open API', version: 'v1' })
  expect(Object.keys(at(document, 'components', 'schemas') as object)).toEqual([
    'ErrorDetail',
    'HTTPValidationError',
    'ValidationErrorItem',
  ])
})

const statusesOf = (operation: Document): string[] =>
  Object.keys(at(operationOf(finish({ responses: ok({ type: 'object' }), ...operation })), 'responses') as object)

test('an operation answers 401 and 429, and 422 when it takes input', () => {
  expect(statusesOf({})).toEqual(['200', '401', '429'])
  expect(statusesOf({ requestBody: {} })).toEqual(['200', '401', '422', '429'])
  expect(statusesOf({ parameters: [{ in: 'query', name: 'limit' }] })).toEqual(['200', '401', '422', '429'])
})

test('an operation with an id in its path answers 404', () => {
  expect(statusesOf({ parameters: [{ in: 'path', name: 'id' }] })).toEqual(['200', '401', '404', '422', '429'])
})

test('an operation that looks up what its query names answers 404, and one that only filters does not', () => {
  const reading = (parameter: Document): string[] => {
    const get = { responses: ok({ type: 'object' }), parameters: [{ in: 'query', name: 'source_id', ...parameter }] }
    const document = finishDocument({ paths: { '/v1/things': { get } } })
    return Object.keys(at(document, 'paths', '/v1/things', 'get', 'responses') as object)
  }
  expect(reading({ required: true })).toContain('404')
  expect(reading({ required: false })).not.toContain('404')
})

test('what is already described is kept', () => {
  const found = { description: 'No such thing.' }
  const document = finish({ parameters: [{ in: 'path', name: 'id' }], responses: { 404: found } })
  expect(at(operationOf(document), 'responses', '404')).toMatchObject(found)
})

test('429 says how long to wait', () => {
  expect(at(operationOf(finish({ responses: {} })), 'responses', '429', 'headers', 'Retry-After', 'required')).toBe(
    true,
  )
})

test('schemas come in the order of their names, so that the file changes only where the API does', () => {
  const named = (title: string): Document => ({ title, type: 'object' })
  const schemas = at(
    finish({ responses: ok(named('Zebra')), requestBody: { content: { a: { schema: named('Apple') } } } }),
    'components',
    'schemas',
  )
  const names = Object.keys(schemas as object)
  expect(names).toEqual(names.toSorted())
  expect(names).toEqual(expect.arrayContaining(['Apple', 'Zebra']))
})
