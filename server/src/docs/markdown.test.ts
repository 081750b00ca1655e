import fc from 'fast-check'
import { parseFragment } from 'parse5'
import { expect, test } from 'vitest'
import { showMarkdown } from './markdown.ts'

const shown = (markdown: string): string => showMarkdown(markdown).body.text

test('a heading is found by the name that the repository gives it', () => {
  const { body, headings } = showMarkdown('## Send `again`, safely\n')
  expect(body.text).toBe('<h2 id="send-again-safely">Send <code>again</code>, safely</h2>')
  expect(headings).toEqual([{ id: 'send-again-safely', text: 'Send again, safely' }])
})

test('a guide that is named as a file is linked as a page, and anything else as it is', () => {
  expect(shown('[a](webhooks.md)')).toContain('<a href="webhooks">')
  expect(shown('[a](payouts.md#with-python)')).toContain('<a href="payouts#with-python">')
  expect(shown('[a](../guides/errors.md)')).toContain('<a href="../guides/errors">')
  expect(shown('[a](https://example.com/a.md)')).toContain('<a href="https://example.com/a.md">')
})

test('code and tables that are too wide can be reached and are named', () => {
  expect(shown('```bash\nls\n```')).toContain(
    '<pre tabindex="0" role="region" aria-label="Example 1: bash"><code>ls</code></pre>',
  )
  expect(shown('| a |\n| - |\n| b |\n')).toMatch(/^<div class="wide" tabindex="0" role="region" aria-label="Table 1">/)
})

test('markup in a text is shown, whatever it is', () => {
  const elements = new Set([
    'p',
    'h1',
    'h2',
    'h3',
    'ul',
    'ol',
    'li',
    'pre',
    'code',
    'a',
    'em',
    'strong',
    'hr',
    'br',
    'del',
  ])
  const text = fc.stringMatching(/^[<>/="' a-z&;!-]{0,40}$/)
  fc.assert(
    fc.property(text, (written) => {
      const visit = (node: { childNodes?: readonly object[] }): void => {
        for (const child of node.childNodes ?? []) {
          if ('tagName' in child) expect([...elements, 'blockquote', 'div']).toContain(child.tagName)
          visit(child)
        }
      }
      visit(parseFragment(shown(`<script>x</script> <img src=x> ${written}`)))
    }),
  )
})
