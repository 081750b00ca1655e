import { expect, test } from 'vitest'
import { catalogues, type Language, languages } from './index.ts'

type Saying = string | ((...values: never[]) => string)
type Said = Saying | { readonly [name: string]: Said }

/** Every text by where it stands. */
const textsIn = (said: Said, at = ''): [string, Saying][] =>
  typeof said === 'object'
    ? Object.entries(said).flatMap(([name, each]) => textsIn(each, `${at}.${name}`))
    : [[at, said]]

/** Names that a text must carry, one for each value it is given. Counts are tried as one and as many. */
const marks = ['«first»', '«second»', '«third»']

function sayings(said: Saying): string[] {
  if (typeof said === 'string') return [said]
  const counts = said.toString().startsWith('(count')
  const values = (count: number) => marks.map((mark, index) => (counts && index === 0 ? count : mark))
  return [1, 2, 7].map((count) => (said as (...values: readonly unknown[]) => string)(...values(count)))
}

const of = (language: Language) => new Map(textsIn(catalogues[language]))
const english = of('en')

/** The same in every language: names of products, and the word that French shares. */
const shared = /^\.(methods\.(?!CREDIT_CARD|WALLET)|countries\.RW|form\.rate|bill\.total)/

test.each(languages)('%s says everything, in words, with every value it is given', (language) => {
  const texts = of(language)
  expect([...texts.keys()].sort()).toEqual([...english.keys()].sort())
  for (const [at, said] of texts) {
    const original = english.get(at)
    expect(typeof said, at).toBe(typeof original)
    if (original === undefined) continue
    for (const [index, saying] of sayings(said).entries()) {
      expect(saying.trim(), at).toBe(saying)
      expect(saying, at).toMatch(/\p{L}{2}/u)
      const named = (text: string) => marks.filter((mark) => text.includes(mark))
      const inEnglish = sayings(original)[index] ?? ''
      // A count of one may be written as a word or a figure in any language.
      if (index > 0) expect(named(saying), at).toEqual(named(inEnglish))
    }
  }
})

test.each(languages.filter((language) => language !== 'en'))('nothing is left in English in %s', (language) => {
  const left = [...of(language)].filter(([at, said]) => {
    const original = english.get(at)
    return !shared.test(at) && original !== undefined && sayings(said).join() === sayings(original).join()
  })
  expect(left.map(([at]) => at)).toEqual([])
})

test('a count of one is said as one', () => {
  for (const language of languages) {
    const { bill, waiting } = catalogues[language]
    expect(bill.more(1, '1')).not.toBe(bill.more(2, '1'))
    expect(waiting.minutesLeft(1, '1')).not.toBe(waiting.minutesLeft(2, '1'))
  }
})
