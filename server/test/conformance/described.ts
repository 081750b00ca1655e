import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The API as this server describes itself: `server/openapi.json`, which is generated from the routes. */

export interface Schema {
  readonly $ref?: string
  readonly title?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly anyOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  /** A field of ours that the contract lacks. */
  readonly 'x-dollr-extension'?: boolean
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly schema: Schema
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>
}

interface RawOperation {
  readonly operationId: string
  readonly tags?: readonly string[]
  readonly security?: readonly unknown[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: Content
  readonly responses: Readonly<Record<string, Content>>
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export interface DescribedOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly tags: readonly string[]
  readonly authenticated: boolean
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  /** Of each status, in JSON. */
  readonly answers: Readonly<Record<string, Schema | undefined>>
}

export const document = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8'),
) as unknown as OpenApi

const jsonOf = (part: Content | undefined): Schema | undefined => part?.content?.['application/json']?.schema

const all: readonly DescribedOperation[] = Object.entries(document.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([verb, operation]) => ({
    id: operation.operationId,
    method: verb.toUpperCase(),
    path,
    tags: operation.tags ?? [],
    authenticated: operation.security?.length !== 0,
    parameters: operation.parameters ?? [],
    body: jsonOf(operation.requestBody),
    answers: Object.fromEntries(
      Object.entries(operation.responses).map(([status, answer]) => [status, jsonOf(answer)]),
    ),
  })),
)

/** A schema with its reference followed, and whether null is allowed beside it. */
export function resolve(schema: Schema): { readonly schema: Schema; readonly nullable: boolean } {
  if (schema.anyOf) {
    const [only, ...others] = schema.anyOf.filter(({ type }) => type !== 'null')
    if (!only || others.length > 0) return { schema, nullable: schema.anyOf.some(({ type }) => type === 'null') }
    const inner = resolve(only)
    return { ...inner, nullable: inner.nullable || others.length + 1 < schema.anyOf.length }
  }
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) ?? ''
    const found = document.components.schemas[name]
    if (!found) throw new Error(`openapi.json refers to ${schema.$ref}, which is not there.`)
    return resolve(found)
  }
  return { schema, nullable: [schema.type].flat().includes('null') }
}

/** What only a sandbox has, below `/sandbox`: no part of the API that merchants build on. */
export const controls = all.filter(({ tags }) => tags.includes('Sandbox'))

export const described = all.filter((operation) => !controls.includes(operation))
