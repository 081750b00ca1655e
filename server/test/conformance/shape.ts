import { type ContractField, fieldsOf, isModel, valuesOf } from './contract.ts'
import { type Parameter, resolve, type Schema } from './described.ts'

/** What the contract and our description both say of a value, in one form, so that they can be laid side by side. */
export interface Shape {
  readonly types: readonly string[]
  readonly nullable: boolean
  readonly values?: readonly string[] | undefined
  readonly items?: Shape | undefined
  /** Named, so that a model is compared under its own name wherever it appears. */
  readonly model?: string | undefined
  readonly fields?: readonly FieldShape[] | undefined
  /** Ours, and said to be. */
  readonly extension: boolean
}

export interface FieldShape {
  readonly name: string
  readonly required: boolean
  readonly shape: Shape
}

/** Every amount is a number; that whole ones may be integers is a rule about values. */
const typesOf = (type: string): readonly string[] => (type === 'number|integer' ? ['number'] : type.split('|'))

export function shapeOfModel(model: string): Shape {
  return { types: ['object'], nullable: false, model, fields: fieldsOf(model).map(fieldOfContract), extension: false }
}

function shapeOfContract(field: ContractField): Shape {
  const also = field.also_accept === undefined ? [] : field.also_accept.split('|')
  const types = [...new Set([...typesOf(field.type), ...also])]
  const about = { nullable: field.nullable, extension: false }
  if (field.ref !== undefined) return { ...shapeOfModel(field.ref), ...about }
  if (field.items !== undefined) {
    const items = isModel(field.items)
      ? shapeOfModel(field.items)
      : { types: typesOf(field.items), nullable: false, extension: false }
    return { types, ...about, items }
  }
  return { types, ...about, values: field.enum === undefined ? undefined : valuesOf(field.enum) }
}

export const fieldOfContract = (field: ContractField): FieldShape => ({
  name: field.name,
  required: field.required,
  shape: shapeOfContract(field),
})

export function shapeOfSchema(described: Schema): Shape {
  const { schema, nullable } = resolve(described)
  const alternatives = schema.anyOf ?? [schema]
  const types = alternatives.flatMap(({ type }) => [type ?? 'object'].flat()).filter((type) => type !== 'null')
  const values = schema.enum?.filter((value) => value !== null).map(String)
  const extension = described['x-dollr-extension'] === true || schema['x-dollr-extension'] === true
  return {
    types,
    nullable,
    extension,
    values,
    model: schema.title,
    items: schema.items && shapeOfSchema(schema.items),
    fields:
      schema.properties &&
      Object.entries(schema.properties).map(([name, property]) => ({
        name,
        required: schema.required?.includes(name) ?? false,
        shape: shapeOfSchema(property),
      })),
  }
}

export function fieldOfParameter(parameter: Parameter): FieldShape {
  const shape = shapeOfSchema(parameter.schema)
  const marked = (parameter as unknown as Schema)['x-dollr-extension'] === true
  return {
    name: parameter.name,
    required: parameter.required ?? false,
    shape: { ...shape, extension: shape.extension || marked },
  }
}
