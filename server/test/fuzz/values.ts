import { resolve, type Schema } from '../conformance/described.ts'
import { type Chance } from './chance.ts'

/** Values that a schema takes, and values that hardly anything takes. */

const texts = [
  'Tea',
  'Amara Kamara',
  'Ŵöllo 王芳',
  '',
  ' ',
  "Robert'); drop table parties; --",
  '%',
  '\\',
  '﷽ 👩🏾‍💻 \u202e',
  'x'.repeat(300),
  '{{7*7}}',
  '<script>alert(1)</script>',
  '\ud800',
  'null',
  '٣',
] as const

/** The last digits decide what a payer of the simulator does: pay, decline, never answer. */
const phones = ['231880000001', '231880000039', '231880000129', '231771234567', '250780000001', '250720000049'] as const
const currencies = ['USD', 'USD', 'LRD', 'RWF', 'EUR'] as const
const times = ['2090-01-01T00:00:00Z', '2020-02-29', '2031-12-31T23:59:59+05:30', '2026-06-01 10:00'] as const

/** Derived from chance and not from the machine, so that a run can be repeated. */
export function uuidOf(chance: Chance): string {
  const hex = (length: number) => Array.from({ length }, () => chance.below(16).toString(16)).join('')
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${chance.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`
}

function textFor(schema: Schema, name: string, chance: Chance): string {
  if (schema.format === 'e164-no-plus' || /phone|account_number/.test(name)) return chance.pick(phones)
  if (schema.format === 'uuid4') return uuidOf(chance)
  if (schema.format === 'date-time') return chance.pick(times)
  if (schema.format === 'cursor') return chance.pick(['', 'x', 'YmVmb3JlIDU', 'YmVmb3JlIDA'])
  if (`${schema.format ?? ''}${name}`.includes('currency') || schema.format === 'iso4217')
    return chance.pick(currencies)
  if (name.endsWith('url'))
    return chance.pick(['https://shop.example/back', 'http://127.0.0.1:1/', 'javascript:alert(1)'])
  if (name === 'client_ip') return '203.0.113.10'
  return chance.pick(texts)
}

function numberFor(schema: Schema, chance: Chance, isWhole: boolean): number {
  const least = schema.minimum ?? 0
  const digits = 10 ** chance.below(chance.is(0.1) ? 12 : 5)
  const most = chance.is(0.9) ? (schema.maximum ?? Infinity) : Infinity
  return Math.min(most, Math.max(least, isWhole ? chance.below(digits) : chance.below(digits * 100) / 100))
}

/** A value of the schema; `idFor` answers those that name something. */
export function valueFor(described: Schema, name: string, chance: Chance, idFor: (name: string) => unknown): unknown {
  const { schema, nullable } = resolve(described)
  if (nullable && chance.is(0.2)) return null
  const id = idFor(name)
  const types = [schema.type ?? 'object'].flat()
  if (id !== undefined) return types.includes('string') && typeof id === 'number' ? String(id) : id
  const values = schema.enum?.filter((value) => value !== null)
  if (values && values.length > 0) return chance.pick(values)
  if (types.includes('array')) {
    const { items = {} } = schema
    return Array.from({ length: 1 + chance.below(3) }, () => valueFor(items, name, chance, idFor))
  }
  if (types.includes('object')) return objectFor(schema, chance, idFor)
  if (types.includes('boolean')) return chance.is(0.5)
  if (types.includes('integer')) return numberFor(schema, chance, true)
  return types.includes('number') ? numberFor(schema, chance, false) : textFor(schema, name, chance)
}

export function objectFor(
  described: Schema,
  chance: Chance,
  idFor: (name: string) => unknown,
): Record<string, unknown> {
  const { schema } = resolve(described)
  const present = Object.entries(schema.properties ?? {}).filter(
    ([name]) => schema.required?.includes(name) === true || chance.is(0.6),
  )
  return Object.fromEntries(present.map(([name, property]) => [name, valueFor(property, name, chance, idFor)]))
}

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], 1)

export const oddities: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  0.001,
  1e12,
  1e300,
  -1e300,
  2 ** 53,
  2 ** 63,
  '',
  '0',
  '-1',
  '1e3',
  ' 1 ',
  'NaN',
  'a\0b',
  '\ud800',
  'x'.repeat(20_000),
  [],
  [1],
  [[]],
  {},
  { length: 1 },
  { toString: 'x' },
  nested(50),
  'SUBSCRIPTION',
  'usd',
  '2026-02-30',
  '9999-12-31T23:59:59-23:59',
  '0000-01-01',
  '00000000-0000-4000-8000-000000000000',
  "1' or '1'='1",
  '٣',
]

/** Ids that nobody has: well-formed, and not. */
export const garbageIds: readonly unknown[] = [
  987_654_321,
  '987654321',
  0,
  -1,
  1.5,
  2 ** 53,
  '9223372036854775808',
  'x',
  '',
  '%00',
  '../1',
  "1'--",
  '1e3',
  '٣',
  null,
  [],
  {},
]
