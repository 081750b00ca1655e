import { createHash } from 'node:crypto'
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5'
import { expect } from 'vitest'

/** A browser without JavaScript, as far as pages of plain forms and links go: it reads HTML the way browsers must. */

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

export interface Field {
  readonly name: string
  readonly type: string
  readonly value: string
  readonly checked: boolean
  /** What its label says. */
  readonly label: string
}

export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly html: string
  readonly title: string
  readonly heading: string
  /** Everything a reader sees, spaces folded. */
  readonly text: string
  readonly fields: readonly Field[]
  readonly action: string | undefined
  /** How its form is sent: by what its address says, or by what comes with it. */
  readonly method: string
  readonly links: ReadonlyMap<string, string>
  readonly refresh: { readonly seconds: number; readonly url: string } | undefined
  readonly elements: readonly Element[]
}

const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((each) => each.name === name)?.value

function elementsIn(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elementsIn) : []
  return defaultTreeAdapter.isElementNode(node) ? [node, ...children] : children
}

const unread = new Set(['style', 'script', 'title'])

function textIn(node: Node): string {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  if (defaultTreeAdapter.isElementNode(node) && unread.has(node.tagName)) return ''
  return 'childNodes' in node ? node.childNodes.map(textIn).join('') : ''
}

const folded = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

function read(url: string, status: number, headers: Headers, html: string): Page {
  // As a browser without scripts reads it: what is for those stands in the page.
  const document = parse(html, { scriptingEnabled: false })
  const elements = elementsIn(document)
  const named = (tag: string): Element[] => elements.filter(({ tagName }) => tagName === tag)
  const form = named('form')[0]
  const labels = named('label')
  const absolute = (to: string): string => new URL(to, url).href
  const labelOf = (input: Element): string => {
    const id = attribute(input, 'id')
    const label = labels.find(
      (each) => elementsIn(each).includes(input) || (id !== undefined && attribute(each, 'for') === id),
    )
    return label ? folded(textIn(label)) : ''
  }
  const refresh = named('meta').find((meta) => attribute(meta, 'http-equiv') === 'refresh')
  const [, seconds = '', next = ''] = /^(\d+);\s*url=(.*)$/.exec((refresh && attribute(refresh, 'content')) ?? '') ?? []
  const titleElement = named('title')[0]
  return {
    url,
    status,
    headers,
    html,
    title: titleElement ? folded(titleElement.childNodes.map(textIn).join('')) : '',
    heading: named('h1').map(textIn).map(folded).join(' | '),
    text: folded(textIn(document)),
    fields: (form ? elementsIn(form) : [])
      .filter(({ tagName }) => tagName === 'input' || tagName === 'textarea')
      .map((input) => ({
        name: attribute(input, 'name') ?? '',
        type: attribute(input, 'type') ?? 'text',
        value: input.tagName === 'textarea' ? textIn(input) : (attribute(input, 'value') ?? ''),
        checked: attribute(input, 'checked') !== undefined,
        label: labelOf(input),
      })),
    action: form && absolute(attribute(form, 'action') ?? ''),
    method: (form && attribute(form, 'method')) ?? 'get',
    links: new Map(named('a').map((link) => [folded(textIn(link)), absolute(attribute(link, 'href') ?? '')] as const)),
    refresh: refresh && { seconds: Number(seconds), url: absolute(next) },
    elements,
  }
}

/** Which language a reader of tests asks for; a browser that names none reads English. */
const readerLanguage = { 'accept-language': 'en' }

async function load(url: string, init: RequestInit = {}): Promise<Page> {
  const response = await fetch(url, { headers: readerLanguage, ...init, redirect: 'manual' })
  const html = await response.text()
  const page = read(url, response.status, response.headers, html)
  if (response.status < 300 || response.status >= 400) expectSound(page)
  return page
}

/** Where an answer sends its reader, if it does. */
export const locationOf = (page: Page): string | undefined => {
  const location = page.headers.get('location')
  return location === null ? undefined : new URL(location, page.url).href
}

/** Opens an address as it is: redirects are told, not followed. */
export const open = (url: string): Promise<Page> => load(url)

/** What a browser would send for a form whose reader changed nothing but `changes`. */
export function filledIn(page: Page, changes: Readonly<Record<string, string>> = {}): URLSearchParams {
  const sent = new URLSearchParams()
  for (const { name, type, value, checked } of page.fields) {
    if (type !== 'radio' || checked) sent.set(name, value)
  }
  for (const [name, value] of Object.entries(changes)) sent.set(name, value)
  return sent
}

/** Sends the form of a page, and goes where the answer leads as long as that is our own. */
export async function submit(page: Page, changes: Readonly<Record<string, string>> = {}): Promise<Page> {
  if (page.action === undefined) throw new Error(`no form: ${page.text}`)
  const sent = filledIn(page, changes)
  if (page.method === 'get') return open(new URL(`?${sent.toString()}`, page.action).href)
  const answer = await load(page.action, { method: 'POST', body: sent })
  const onward = locationOf(answer)
  if (onward === undefined) return answer
  expect([answer.status, new URL(onward).origin]).toEqual([303, new URL(page.url).origin])
  return open(onward)
}

/** The option whose label says all of this. */
export function optionOf(page: Page, ...words: readonly string[]): Field {
  const found = page.fields.find(({ type, label }) => type === 'radio' && words.every((word) => label.includes(word)))
  if (!found) throw new Error(`no option with ${words.join(', ')}: ${page.text}`)
  return found
}

export function linkOf(page: Page, text: string): string {
  const found = page.links.get(text)
  if (found === undefined) throw new Error(`no link "${text}": ${[...page.links.keys()].join(', ')}`)
  return found
}

const longestWaitMs = 20_000

/** Looks again, at once instead of after the pause that the page names, until it is something else than a page that waits. */
export async function untilOver(page: Page): Promise<Page> {
  const deadline = Date.now() + longestWaitMs
  let current = page
  while (current.refresh && new URL(current.refresh.url).origin === new URL(current.url).origin) {
    if (Date.now() > deadline) throw new Error(`still waiting: ${current.text}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
    current = await open(current.refresh.url)
  }
  return current
}

const inert = new Set([
  ...['html', 'head', 'body', 'meta', 'title', 'style', 'main', 'section', 'h1', 'p', 'bdi', 'table', 'tbody', 'tfoot'],
  ...['tr', 'th', 'td', 'form', 'fieldset', 'legend', 'label', 'input', 'span', 'small', 'strong', 'button', 'a', 'ol'],
  ...[
    'li',
    'dl',
    'dt',
    'dd',
    'details',
    'summary',
    'nav',
    'link',
    'noscript',
    'h2',
    'svg',
    'circle',
    'path',
    'textarea',
  ],
])

const sha256 = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const contentOf = ({ childNodes }: Element): string =>
  childNodes.map((node) => ('value' in node ? node.value : '')).join('')

/** What stands in the one element of this name, or in none. */
function onlyOne(elements: readonly Element[], tag: string): string | undefined {
  const found = elements.filter(({ tagName }) => tagName === tag)
  expect(found.length).toBeLessThanOrEqual(1)
  return found[0] && contentOf(found[0])
}

/** Nothing runs but the script that is named by its hash, and that only where it is needed. */
function expectPolicy({ headers, elements }: Page): void {
  const script = onlyOne(elements, 'script')
  const policy = [
    `default-src 'none'`,
    `style-src '${sha256(onlyOne(elements, 'style') ?? '')}'`,
    'img-src data:',
    `form-action 'self'`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    ...(script === undefined ? [] : [`script-src '${sha256(script)}'`, `connect-src 'self'`]),
  ]
  expect(headers.get('content-security-policy')).toBe(policy.join('; '))
}

/** What holds for every page, whatever is on it. What it weighs is the matter of a test of its own. */
export function expectSound(page: Page): void {
  const { headers, elements } = page
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
  expect(headers.get('permissions-policy')).toContain('payment=()')
  expect(headers.get('content-encoding')).toMatch(/^(br|gzip)$/)
  expect(headers.get('vary')).toBe('Accept-Encoding, Accept-Language')
  expect(headers.get('access-control-allow-origin')).toBeNull()
  expectPolicy(page)

  expect(elements.map(({ tagName }) => tagName).filter((tag) => tag !== 'script' && !inert.has(tag))).toEqual([])
  const attributes = elements.flatMap(({ attrs }) => attrs)
  expect(attributes.filter(({ name }) => name.startsWith('on') || name === 'style')).toEqual([])
  const addresses = attributes.filter(({ name }) => ['href', 'src', 'action', 'formaction'].includes(name))
  const ours =
    /^(https?:|\?|\.\.\/(receipt|verify)\b|#(phone|options)$|data:,$|tel:[*\d]+(%23)?$|[\w-]+\/card(\/|\?|$)|card\/form\?|\.\.\/[\w-]+(\?|$))/
  expect(addresses.filter(({ value }) => !ours.test(value))).toEqual([])

  expect(page.title).toBe(page.heading)
  expect(page.fields.filter(({ type, label }) => type !== 'hidden' && label === '')).toEqual([])
}
