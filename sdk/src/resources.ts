import { type Answer, type CallOptions, type Request } from './connection.ts'
import { type DollrEvent } from './events.ts'
import { type EventList, type Event as EventInFeed, type paths } from './generated/openapi.ts'
import { routes } from './generated/routes.ts'

/** Every operation of the API is one method, typed by what the server says of itself. The table of them is generated. */
type Routes = typeof routes

type PathOf<Route> = Route extends `${string} ${infer Path}?${string}`
  ? Path
  : Route extends `${string} ${infer Path}`
    ? Path
    : never

type VerbOf<Route> = Route extends `${infer Verb} ${string}` ? Lowercase<Verb> : never

type Operation<Route> =
  PathOf<Route> extends infer Path extends keyof paths
    ? VerbOf<Route> extends infer Verb extends keyof paths[Path]
      ? paths[Path][Verb]
      : never
    : never

/** Ids in a path are text on the wire, and numbers wherever they come from. */
type InPath<Its> = Its extends { parameters: { path: infer Path } }
  ? { [Name in keyof Path]: string | number }
  : unknown

/** Generated types say `never` of what an operation does not have. */
type Given<Part> = [Exclude<Part, undefined>] extends [never] ? unknown : Exclude<Part, undefined>

type InQuery<Its> = Its extends { parameters: { query: infer Query } }
  ? Query
  : Its extends { parameters: { query?: infer Query } }
    ? Given<Query>
    : unknown

type InBody<Its> = Its extends { requestBody: { content: { 'application/json': infer Body } } }
  ? Body
  : Its extends { requestBody?: infer Its }
    ? Given<Its> extends { content: { 'application/json': infer Body } }
      ? Partial<Body>
      : unknown
    : unknown

type Flat<T> = { [Name in keyof T]: T[Name] }

type Input<Its> = Flat<InPath<Its> & InQuery<Its> & InBody<Its>>

type Output<Its> = Its extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : unknown

/** What a list consists of: its elements, or those of the one array in a page that says whether there is more. */
type ItemOf<Page> = Page extends readonly (infer Item)[]
  ? Item
  : Page extends EventList
    ? DollrEvent<EventInFeed['type']>
    : Page extends { has_more: boolean }
      ? Extract<Page[keyof Page], readonly unknown[]>[number]
      : never

type Takes<Its, Name extends string> = Name extends keyof InQuery<Its> ? true : false

/** The first page when awaited; everything, page after page, when iterated with `for await`. */
export type Listing<Page> = Promise<Page> & AsyncIterable<ItemOf<Page>>

type Answered<Its> =
  Output<Its> extends infer Body
    ? Body extends readonly unknown[]
      ? Takes<Its, 'cursor'> extends true
        ? Listing<Body>
        : Promise<Body>
      : Body extends { has_more: boolean }
        ? Listing<Body>
        : Promise<Body>
    : never

/** All parameters of a call in one object, whether they travel in the path, the query or the body. */
type Method<Its> =
  Partial<Input<Its>> extends Input<Its>
    ? (input?: Input<Its>, options?: CallOptions) => Answered<Its>
    : (input: Input<Its>, options?: CallOptions) => Answered<Its>

export type Resources = {
  readonly [Group in keyof Routes]: {
    readonly [Name in keyof Routes[Group]]: Method<Operation<Routes[Group][Name]>>
  }
}

export type Send = (request: Request, options?: CallOptions) => Promise<Answer>

type Fields = Readonly<Record<string, unknown>>

/** Puts every field of the input where the route wants it. */
export function requestOf(route: string, input: Fields = {}): Request {
  const [method = '', target = ''] = route.split(' ')
  const [template = '', named] = target.split('?')
  const inPath = [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const rest = Object.entries(input).filter(([name]) => !inPath.includes(name))
  const inQuery = (name: string) => (named === undefined ? method === 'GET' : named.split('&').includes(name))
  const query = rest.filter(([name]) => inQuery(name))
  const body = rest.filter(([name]) => !inQuery(name))
  return {
    method,
    operation: `${method} ${template}`,
    path: template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name]))),
    ...(query.length > 0 && { query: Object.fromEntries(query) }),
    // Where every field is optional the body is not.
    ...((body.length > 0 || method === 'POST') && { body: Object.fromEntries(body) }),
  }
}

/** The query of the next page, or undefined after the last. Only the query: the address is the one we were given. */
function nextQuery({ query = {} }: Request, { headers, body }: Answer): Fields | undefined {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers.get('link') ?? '')?.[1]
  if (link !== undefined) return Object.fromEntries(new URL(link, 'http://unused.invalid').searchParams)
  const { has_more: hasMore, next_after: after } = (body ?? {}) as Fields
  return hasMore === true && after != null ? { ...query, after } : undefined
}

function itemsOf(page: unknown): readonly unknown[] {
  if (Array.isArray(page)) return page
  return Object.values((page ?? {}) as Fields).find((value) => Array.isArray(value)) ?? []
}

async function* iterate(send: Send, request: Request, first: Promise<Answer>, options?: CallOptions) {
  let answer = await first
  for (;;) {
    yield* itemsOf(answer.body)
    const query = nextQuery(request, answer)
    if (query === undefined) return
    answer = await send({ ...request, query }, options)
  }
}

const listing = (send: Send, request: Request, options?: CallOptions) => {
  const first = send(request, options)
  const page = first.then(({ body }) => body)
  const all = () => {
    // Whoever iterates hears of a failure there; nobody awaits the page.
    page.catch(() => undefined)
    return iterate(send, request, first, options)
  }
  return Object.assign(page, { [Symbol.asyncIterator]: all })
}

const groupOf = (send: Send, members: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(members).map(([name, route]) => [
      name,
      (input?: Fields, options?: CallOptions) => listing(send, requestOf(route, input), options),
    ]),
  )

/** One method for every route of the table. */
export const resourcesOf = (send: Send): Resources =>
  Object.fromEntries(
    Object.entries(routes).map(([name, members]) => [name, groupOf(send, members)]),
  ) as unknown as Resources
