import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { guideNames, guidesFolder, readGuide, readGuides } from './guides.ts'

test('every file in the folder of the guides is one of them', () => {
  expect(readdirSync(guidesFolder).sort()).toEqual(guideNames.map((name) => `${name}.md`).sort())
})

test('each begins with a title and a paragraph of what it is for', () => {
  for (const { title, summary } of readGuides()) {
    expect(title).toMatch(/^[A-Z]/)
    expect(summary).toMatch(/^[A-Z][^]*\.$/)
  }
})

test('what is meant for the test of a guide is not shown to its readers', () => {
  const { markdown, summary } = readGuide(
    'cards',
    '# Title\n\nWhat [it](webhooks.md)\nis for.\n\n<!-- the payer opens $URL and pays -->\n\n```js card.mjs\n// a <!-- comment --> in code\n```\n',
  )
  expect(summary).toBe('What it is for.')
  expect(markdown).toBe('# Title\n\nWhat [it](webhooks.md)\nis for.\n\n```js\n// a <!-- comment --> in code\n```\n')
})

test('a guide without a title is our mistake', () => {
  expect(() => readGuide('cards', 'No title.\n')).toThrow(/cards/)
})
