import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse } from 'parse5'

/** A browser without JavaScript: it reads HTML the way browsers must, and sends forms. */

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

export interface Page {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly heading: string
  readonly text: string
  readonly language: string | undefined
  readonly elements: readonly Element[]
}

export const attribute = (element: Element | undefined, name: string): string | undefined =>
  element?.attrs.find((each) => each.name === name)?.value

const elementsIn = (node: Node): Element[] => {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elementsIn) : []
  return defaultTreeAdapter.isElementNode(node) ? [node, ...children] : children
}

const textIn = (node: Node): string => {
  if (defaultTreeAdapter.isTextNode(node)) return node.value
  if (defaultTreeAdapter.isElementNode(node) && ['style', 'title'].includes(node.tagName)) return ''
  return 'childNodes' in node ? node.childNodes.map(textIn).join('') : ''
}

const folded = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

export const named = (page: Page, tag: string): readonly Element[] =>
  page.elements.filter(({ tagName }) => tagName === tag)

export const textOf = (element: Element): string => folded(textIn(element))

const load = async (url: string, init: RequestInit): Promise<Page> => {
  const response = await fetch(url, { ...init, redirect: 'manual' })
  const document = parse(await response.text())
  const elements = elementsIn(document)
  return {
    url,
    status: response.status,
    headers: response.headers,
    heading: elements
      .filter(({ tagName }) => tagName === 'h1')
      .map(textOf)
      .join(' | '),
    text: folded(textIn(document)),
    language: attribute(
      elements.find(({ tagName }) => tagName === 'html'),
      'lang',
    ),
    elements,
  }
}

export const open = (url: string, headers: Record<string, string> = {}): Promise<Page> => load(url, { headers })

/** Sends the page's form: what is filled in already, and what is said here. */
export const submit = (page: Page, fields: Readonly<Record<string, string>>): Promise<Page> => {
  const [form] = named(page, 'form')
  const body = new URLSearchParams()
  for (const input of named(page, 'input')) {
    const isSent = attribute(input, 'type') !== 'radio' || attribute(input, 'checked') !== undefined
    if (isSent) body.set(attribute(input, 'name') ?? '', attribute(input, 'value') ?? '')
  }
  for (const [name, value] of Object.entries(fields)) body.set(name, value)
  return load(new URL(attribute(form, 'action') ?? '', page.url).href, { method: 'POST', body })
}

export const locationOf = ({ headers }: Page): URL => new URL(headers.get('location') ?? 'about:blank')
