import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { type ContractField, type ContractOperation, fieldsOf, isModel, valuesOf } from './contract.ts'
import { type DescribedOperation, document } from './described.ts'
import { deviations } from './deviations.ts'

/** Two opinions of every answer: the contract's, written here from its tables, and that of our own description. */

type Json = Readonly<Record<string, unknown>>

const contractAjv = new Ajv({ allErrors: true, strict: false })
const formats: Readonly<Record<string, (value: string) => boolean>> = {
  'date-time': (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
  decimal: (value) => /^-?\d+(\.\d+)?$/.test(value),
  iso4217: (value) => /^[A-Z]{3}$/.test(value),
  uuid4: (value) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(value),
  'e164-no-plus': (value) => /^[1-9]\d{7,14}$/.test(value),
  jwt: (value) => value.split('.').length === 3,
  uri: (value) => URL.canParse(value),
  // Taken and given back as it was sent.
  'iso3166-1-alpha2': () => true,
}
for (const [name, validate] of Object.entries(formats)) contractAjv.addFormat(name, validate)

const isExcused = (place: string): boolean => Object.keys(deviations).some((line) => line.startsWith(`${place}: has `))

function schemaOfField(model: string, field: ContractField): Json {
  const values = field.enum === undefined || isExcused(`${model}.${field.name}`) ? undefined : valuesOf(field.enum)
  const element =
    field.items !== undefined && (isModel(field.items) ? schemaOfModel(field.items) : { type: field.items })
  const plain: Json =
    field.ref === undefined
      ? {
          type: field.type === 'number|integer' ? 'number' : field.type,
          ...(values && { enum: values }),
          ...(element && { items: element }),
          ...(field.format !== undefined && { format: field.format }),
          ...(field.pattern !== undefined && { pattern: field.pattern }),
          ...(field.min !== undefined && { minimum: field.min }),
          ...(field.min_length !== undefined && { minLength: field.min_length }),
          ...(field.max_length !== undefined && { maxLength: field.max_length }),
        }
      : schemaOfModel(field.ref)
  return field.nullable ? { anyOf: [plain, { type: 'null' }] } : plain
}

/** What may be left out is sent as null here, so every field must be there. */
function schemaOfModel(model: string): Json {
  const fields = fieldsOf(model)
  return {
    type: 'object',
    required: fields.map(({ name }) => name),
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOfField(model, field)])),
  }
}

const compiled = new Map<string, ValidateFunction>()

export function contractAnswer({ response: { model, array } }: ContractOperation): ValidateFunction {
  const key = `${model}${array ? '[]' : ''}`
  const known = compiled.get(key)
  if (known) return known
  const element = schemaOfModel(model)
  const validate = contractAjv.compile(array ? { type: 'array', items: element } : element)
  compiled.set(key, validate)
  return validate
}

/** A field that no schema names is an answer that nobody was told of. */
function close(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(close)
  if (typeof value !== 'object' || value === null) return value
  const inner = Object.fromEntries(Object.entries(value).map(([key, each]) => [key, close(each)]))
  const isClosable = inner['type'] === 'object' && typeof inner['properties'] === 'object'
  return isClosable ? { additionalProperties: false, ...inner } : inner
}

const describedAjv = new Ajv2020({
  strict: false,
  allErrors: true,
  validateFormats: false,
  schemas: [{ ...(close(document) as object), $id: 'api' }],
})

/** Undefined for a status that the description does not mention. */
export function describedAnswer(operation: DescribedOperation, status: number): ValidateFunction | undefined {
  const steps = [operation.path, operation.method.toLowerCase(), 'responses', String(status)]
  const pointer = ['paths', ...steps, 'content', 'application/json', 'schema']
    .map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')))
    .join('/')
  return describedAjv.getSchema(`api#/${pointer}`)
}
