import { describe, expect, test } from 'vitest'
import { contract } from './contract.ts'
import { described } from './described.ts'
import { deviations } from './deviations.ts'
import { differences, extensions, pairs } from './differences.ts'

/** `server/openapi.json` beside the contract; that it is what the server serves is checked by `npm run generate:check`. */

const served = pairs.filter(([, found]) => found).map(([{ id }]) => id)

test('the contract has 59 operations, each once', () => {
  expect(new Set(contract.operations.map(({ id }) => id)).size).toBe(59)
  expect(contract.operations).toHaveLength(59)
})

test('each operation is described once', () => {
  const ids = described.map(({ id }) => id)
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

describe('an operation is described as the contract has it, but for what deviations.ts explains', () => {
  test.each(served)('%s', (id) => {
    expect(differences.get(id)?.filter((line) => !Object.hasOwn(deviations, line))).toEqual([])
  })
})

test('no deviation is explained that is none', () => {
  const found = new Set([...differences.values()].flat())
  expect(Object.keys(deviations).filter((line) => !found.has(line))).toEqual([])
})

test('an operation that the contract lacks is tagged as an extension, and no other is', () => {
  const untagged = extensions.filter(({ tags }) => !tags.includes('extensions')).map(({ id }) => id)
  expect(untagged, 'add tags: ["extensions"] to the schema of the route').toEqual([])
  const ours = new Set(extensions)
  expect(described.filter((each) => !ours.has(each) && each.tags.includes('extensions')).map(({ id }) => id)).toEqual(
    [],
  )
})
