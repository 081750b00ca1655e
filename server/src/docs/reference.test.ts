import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { type JsonObject } from '../platform/http/openapi.ts'
import { type Operation, readGroups } from './operation.ts'
import { writeOperation } from './reference.ts'
import { texts } from './texts/index.ts'

const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as JsonObject
const groups = readGroups(document)
const operations = groups.flatMap((group) => group.operations)

function operation(id: string): Operation {
  const found = operations.find((each) => each.id === id)
  if (!found) throw new Error(`no operation ${id}`)
  return found
}

test('every operation stands in one group, and every group says what it is about', () => {
  const ids = operations.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.length).toBeGreaterThan(59)
  expect(groups.filter(({ about }) => about === '').map(({ name }) => name)).toEqual([])
})

test('every operation says what it does', () => {
  const silent = operations.filter(({ id, summary }) => summary === id).map(({ id }) => id)
  expect(silent, 'give the route a summary, or add the operation to docs/texts/operations.ts').toEqual([])
})

test('no text speaks of an operation or a group that is not there', () => {
  const ids = new Set(operations.map(({ id }) => id))
  expect(Object.keys(texts.operations).filter((id) => !ids.has(id))).toEqual([])
  const names = new Set(groups.map(({ name }) => name))
  expect(Object.keys(texts.groups).filter((name) => !names.has(name))).toEqual([])
})

describe('the example of an operation', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema(document, 'openapi.json')
  const withBody = operations.filter(({ body }) => body.length > 0)
  test.each(withBody.map((each) => [each.id, each] as const))(
    '%s is a body that it takes',
    (_, { path, method, example }) => {
      expect(example).toBeDefined()
      const place = [path, method.toLowerCase()].map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      const schema = `openapi.json#/paths/${place.map(encodeURIComponent).join('/')}/requestBody/content/application~1json/schema`
      const validate = ajv.compile({ $ref: schema })
      expect(validate(example), JSON.stringify(validate.errors)).toBe(true)
    },
  )
})

test('a model within a model is told field by field', () => {
  const names = operation('payout').body.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['passcode', 'passcode.token.code', 'passcode.device.client_ip']))
  expect(operation('create_checkout_source').body.map(({ name }) => name)).toContain('items[].amount')
})

test('a page for programs names the call, its fields and an example that can be pasted', () => {
  const page = writeOperation(operation('create_party'))
  expect(page).toContain('`POST /v1/parties/create`')
  expect(page).toContain('| `fullname` | string | yes | The name of the person or company. |')
  expect(page).toContain(`-d '{"fullname":"Amara Kamara"`)
})

test('what would end a shell’s quotes or a table’s cell is written so that it does not', () => {
  const page = writeOperation({ ...operation('create_party'), example: { fullname: "O'Brien" }, description: '' })
  expect(page).toContain(String.raw`'{"fullname":"O'\''Brien"}'`)
})
