import { contract, type ContractOperation } from './contract.ts'
import { described, type DescribedOperation } from './described.ts'
import { type FieldShape, fieldOfContract, fieldOfParameter, type Shape, shapeOfModel, shapeOfSchema } from './shape.ts'

/** Where the description of this server and the contract part, as `place: what`, one line each. */

/** What is sent must be taken; what is answered must be counted on. The two may differ in opposite directions. */
type Direction = 'request' | 'answer'

const listed = (values: readonly string[]): string => [...values].sort().join(', ')
const without = (values: readonly string[], others: readonly string[]) =>
  values.filter((value) => !others.includes(value))

/** An integer is a number to whoever reads an answer, and not to whoever sends one. */
function isWithin(found: readonly string[], wanted: readonly string[], direction: Direction): boolean {
  const narrower = direction === 'answer' && found.length === 1 && found[0] === 'integer' && wanted.includes('number')
  return narrower || listed(found) === listed(wanted)
}

function compareShapes(place: string, wanted: Shape, found: Shape, direction: Direction): string[] {
  const lines: string[] = []
  const say = (what: string) => lines.push(`${place}: ${what}`)
  if (!isWithin(found.types, wanted.types, direction)) {
    say(`is ${listed(found.types)}, should be ${listed(wanted.types)}`)
    return lines
  }
  if (wanted.nullable !== found.nullable) say(found.nullable ? 'may be null' : 'is never null')
  const [theirs, ours] = [wanted.values ?? [], found.values ?? []]
  const [missing, added] = [without(theirs, ours), without(ours, theirs)]
  if (missing.length > 0) say(found.values ? `lacks ${listed(missing)}` : `is not limited to ${listed(theirs)}`)
  if (added.length > 0) say(wanted.values ? `has ${listed(added)} too` : `is limited to ${listed(ours)}`)
  if (wanted.items && found.items) {
    lines.push(...compareShapes(wanted.items.model ?? `${place}[]`, wanted.items, found.items, direction))
  }
  if (wanted.fields) lines.push(...compareFields(wanted.model ?? place, wanted.fields, found.fields ?? [], direction))
  return lines
}

function compareFields(
  place: string,
  wanted: readonly FieldShape[],
  found: readonly FieldShape[],
  direction: Direction,
): string[] {
  const ours = new Map(found.map((field) => [field.name, field]))
  const theirs = new Set(wanted.map(({ name }) => name))
  const compared = wanted.flatMap((field) => {
    const own = ours.get(field.name)
    const at = `${place}.${field.name}`
    if (!own) return [`${at}: is missing`]
    // An answer may promise more than it must: what need not be there always is.
    const presence = direction === 'answer' ? field.required && !own.required : field.required !== own.required
    return [
      ...(presence ? [`${at}: is ${own.required ? 'required' : 'optional'}, should be the other`] : []),
      ...compareShapes(field.shape.fields ? (field.shape.model ?? at) : at, field.shape, own.shape, direction),
    ]
  })
  const unmarked = found.filter(({ name, shape }) => !theirs.has(name) && !shape.extension)
  const claimed = found.filter(({ name, shape }) => theirs.has(name) && shape.extension)
  return [
    ...compared,
    ...unmarked.map(({ name }) => `${place}.${name}: is ours and not marked with x-dollr-extension`),
    ...claimed.map(({ name }) => `${place}.${name}: is in the contract and marked with x-dollr-extension`),
  ]
}

function compareAnswers(wanted: ContractOperation, found: DescribedOperation): string[] {
  const schema = found.answers['200']
  if (!schema) return [`${wanted.id} answer: is not described`]
  const shape = shapeOfSchema(schema)
  const isArray = shape.types.includes('array')
  if (isArray !== wanted.response.array) return [`${wanted.id} answer: is ${isArray ? 'a list' : 'no list'}`]
  const { model } = wanted.response
  const element = isArray ? shape.items : shape
  return element ? compareShapes(model, shapeOfModel(model), element, 'answer') : [`${wanted.id} answer: is bare`]
}

function compareBodies(wanted: ContractOperation, found: DescribedOperation): string[] {
  if (wanted.body_model === null) return found.body ? [`${wanted.id} body: there is one, should be none`] : []
  if (!found.body) return [`${wanted.id} body: there is none, should be one`]
  return compareShapes(wanted.body_model, shapeOfModel(wanted.body_model), shapeOfSchema(found.body), 'request')
}

function compareOperation(wanted: ContractOperation, found: DescribedOperation): string[] {
  const of = (part: 'path' | 'query') => found.parameters.filter((each) => each.in === part).map(fieldOfParameter)
  const where = `${found.method} ${found.path}`
  return [
    ...(where === `${wanted.method} ${wanted.path}` ? [] : [`${wanted.id}: is ${where}`]),
    ...(found.authenticated === wanted.auth ? [] : [`${wanted.id}: should ${wanted.auth ? '' : 'not '}need a token`]),
    ...compareFields(`${wanted.id} path`, wanted.path_params.map(fieldOfContract), of('path'), 'request'),
    ...compareFields(`${wanted.id} query`, wanted.query.map(fieldOfContract), of('query'), 'request'),
    ...compareBodies(wanted, found),
    ...compareAnswers(wanted, found),
  ]
}

const byId = new Map(described.map((operation) => [operation.id, operation]))

/** Operations of the contract with what is described for them, or nothing where this server has no such operation. */
export const pairs: readonly (readonly [ContractOperation, DescribedOperation | undefined])[] = contract.operations.map(
  (operation) => [operation, byId.get(operation.id)],
)

/** What the contract has not. */
export const extensions: readonly DescribedOperation[] = described.filter(
  ({ id }) => !contract.operations.some((operation) => operation.id === id),
)

/** By operation. A model that several operations share is compared for each of them, with the same lines. */
export const differences: ReadonlyMap<string, readonly string[]> = new Map(
  pairs.map(([wanted, found]) => [
    wanted.id,
    found ? compareOperation(wanted, found) : [`${wanted.id}: is not served`],
  ]),
)
