import fc from 'fast-check'
import { parseFragment } from 'parse5'
import { expect, test } from 'vitest'
import { html } from './html.ts'

/** What a browser reads: one element, its attribute and the text in it. */
function readBack(markup: string) {
  const { childNodes } = parseFragment(markup)
  const [element] = childNodes
  if (childNodes.length !== 1 || !element || !('attrs' in element)) return undefined
  return {
    name: element.tagName,
    attributes: element.attrs,
    text: element.childNodes.map((node) => ('value' in node ? node.value : '<element>')).join(''),
  }
}

/** HTML itself cannot say these: a browser replaces them. */
const sayable = fc
  .string({ unit: fc.oneof(fc.constantFrom('<', '>', '"', "'", '&', ';', '`', '=', '/', '!', '-'), fc.string()) })
  .filter((text) => !/[\0\r]|\p{Cs}/u.test(text))

test('whatever is put into markup is read back as it was, and is never markup', () => {
  fc.assert(
    fc.property(sayable, sayable, (attribute, text) => {
      const { text: markup } = html`<b title="${attribute}">${text}</b>`
      expect(readBack(markup)).toEqual({
        name: 'b',
        attributes: [{ name: 'title', value: attribute }],
        text,
      })
    }),
    { numRuns: 1_000 },
  )
})

test('markup is put in as it is, lists one after another, and nothing for what is left out', () => {
  const items = ['a', '<'].map((each) => html`<i>${each}</i>`)
  expect(html`<b>${items}${undefined}${false}${[]}${0}</b>`.text).toBe('<b><i>a</i><i>&lt;</i>0</b>')
})
