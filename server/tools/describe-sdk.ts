import openapiTypescript, { astToString } from 'openapi-typescript'
import { format } from 'prettier'

/**
 * What the SDK knows of the API: the types of every request and answer, and a table of every operation. Both come from
 * `openapi.json`, so that an operation is in the SDK as soon as it is described.
 */

interface Parameter {
  readonly name: string
  readonly in: string
}

interface Operation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, { headers?: unknown }>>
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: Readonly<Record<string, unknown>>
}

const head = '// Written by "npm run generate" from server/openapi.json. Change the routes, not this file.\n\n'

/** Refusals are the same everywhere and have classes of their own: here they would be nine tenths of the text. */
function successesOnly({ paths, components, ...rest }: Description) {
  const only = (operation: Operation) => {
    const { headers: _, ...success } = operation.responses['200'] ?? {}
    return { ...operation, responses: { 200: success } }
  }
  const entries = Object.entries(paths).map(([path, item]) => [
    path,
    Object.fromEntries(Object.entries(item).map(([method, operation]) => [method, only(operation)])),
  ])
  return { ...rest, paths: Object.fromEntries(entries) as unknown, components: { schemas: components['schemas'] } }
}

async function describeTypes(description: Description): Promise<string> {
  const tree = await openapiTypescript(JSON.stringify(successesOnly(description)), {
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    silent: true,
  })
  return head + astToString(tree)
}

const camel = (words: readonly string[]): string =>
  words
    .flatMap((word) => word.split('-'))
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

const isParameter = (segment: string): boolean => segment.startsWith('{')

const verbs: Readonly<Record<string, string>> = { get: 'get', post: 'create', put: 'set', delete: 'clear' }

/** What an operation without a word of its own below its group is called. */
const bareName = (method: string, path: string): string =>
  method === 'get' ? (path.endsWith('}') ? 'retrieve' : 'list') : (verbs[method] ?? method)

/** `POST /v1/payment-accounts/create?operation_type`: the names of a query stand there where there is a body as well. */
function routeOf(method: string, path: string, operation: Operation): string {
  const query = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name)
  const beside = operation.requestBody !== undefined && query.length > 0 ? `?${query.join('&')}` : ''
  return `${method.toUpperCase()} ${path}${beside}`
}

type Groups = Record<string, Record<string, string>>

function groupsOf({ paths }: Description): Groups {
  const groups: Groups = {}
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  for (const { path, method, operation } of operations) {
    const segments = path.split('/').slice(1)
    const [group = '', ...rest] = segments[0] === 'v1' ? segments.slice(1) : segments
    // Tokens are fetched by the SDK itself.
    if (group === 'jwt') continue
    const words = rest.filter((segment) => !isParameter(segment))
    const others = operations.filter((other) => other.path === path || other.path.startsWith(`${path}/{`))
    const shared = words.length > 0 && method !== 'get' && others.length > 1
    const name =
      words.length === 0 ? bareName(method, path) : camel(shared ? [verbs[method] ?? method, ...words] : words)
    const members = (groups[camel([group])] ??= {})
    if (members[name] !== undefined) throw new Error(`${members[name]} and ${method} ${path} have one name: ${name}`)
    members[name] = routeOf(method, path, operation)
  }
  return groups
}

export async function describeSdk(openapi: string): Promise<{ readonly types: string; readonly routes: string }> {
  const description = JSON.parse(openapi) as Description
  const table = `export const routes = ${JSON.stringify(groupsOf(description))} as const\n`
  const style = { parser: 'typescript', semi: false, singleQuote: true, printWidth: 120 } as const
  return { types: await describeTypes(description), routes: await format(head + table, style) }
}
