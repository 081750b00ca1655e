import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { money, ratio } from '../kernel/money.ts'
import { readerOf } from './reader.ts'
import { languages } from './texts/index.ts'

/** Narrow and wide spaces that do not break look like spaces. */
const spaced = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

describe('a language', () => {
  test.each([
    [undefined, undefined, 'en'],
    [undefined, '', 'en'],
    [undefined, 'fr-CD,fr;q=0.9,en;q=0.8', 'fr'],
    [undefined, 'rw-RW', 'rw'],
    [undefined, 'RW;q=0.7, fr;q=0.3', 'rw'],
    [undefined, 'sw,pt;q=0.9,fr;q=0.1', 'fr'],
    [undefined, 'sw', 'en'],
    [undefined, '*', 'en'],
    [undefined, 'fr;q=0', 'en'],
    [undefined, ';;;q=,,-', 'en'],
    ['rw', 'fr', 'rw'],
    ['de', 'fr', 'fr'],
    ['toString', undefined, 'en'],
  ])('chosen %j and asked for %j is %s', (chosen, asked, language) => {
    expect(readerOf(chosen, asked).language).toBe(language)
  })

  test('that was chosen by hand stays chosen, and no other does', () => {
    expect(readerOf('rw', 'fr').address({ try: 'x', looks: undefined })).toBe('?try=x&lang=rw')
    expect(readerOf(undefined, 'fr').address({ try: 'x' })).toBe('?try=x')
    expect(readerOf('rw', 'fr').address({ lang: 'fr' })).toBe('?lang=fr')
    expect(readerOf('xx', 'fr').address()).toBe('?')
    expect(readerOf('rw', undefined).address({}, '../receipt/t')).toBe('../receipt/t?lang=rw')
    expect(readerOf(undefined, undefined).address({}, '../receipt/t')).toBe('../receipt/t')
  })

  test('is one that this Node.js can write figures in', () => {
    expect(Intl.NumberFormat.supportedLocalesOf([...languages])).toEqual(languages)
    expect(Intl.DateTimeFormat.supportedLocalesOf([...languages])).toEqual(languages)
  })
})

describe('figures', () => {
  const [english, french, kinyarwanda] = ['en', 'fr', 'rw'].map((language) => readerOf(language, undefined))

  test('stand as the reader writes them, with the code of the currency', () => {
    const dollars = money(123_456_750n, 'USD')
    const written = [english, french, kinyarwanda].map((reader) => spaced(reader?.money(dollars) ?? ''))
    expect(written).toEqual(['USD 1,234,567.50', '1 234 567,50 USD', 'USD 1.234.567,50'])
    expect(spaced(french?.money(money(52_000n, 'RWF')) ?? '')).toBe('52 000 RWF')
    expect(spaced(english?.money(money(52_000n, 'LRD')) ?? '')).toBe('LRD 520.00')
    expect(spaced(french?.rate('USD', ratio(1n, 3n), 'LRD') ?? '')).toBe('1 USD = 0,333333 LRD')
  })

  test('keep every digit, and no amount is broken over two lines', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 14n - 1n }),
        fc.constantFrom('USD' as const, 'LRD' as const, 'RWF' as const),
        fc.constantFrom(...languages),
        (minor, currency, language) => {
          const text = readerOf(language, undefined).money(money(minor, currency))
          expect(text).not.toContain(' ')
          expect(text).toContain(currency)
          expect(BigInt(text.replaceAll(/\D/g, ''))).toBe(minor)
        },
      ),
    )
  })

  test('of time are those of the payer’s clock, and say which', () => {
    const time = new Date('2025-06-01T12:05:00Z')
    // How a zone is called changes between versions of the locale data, what it is does not.
    expect(spaced(english?.time(time, 'LR') ?? '')).toMatch(/June 1, 2025.* 12:05 PM (GMT|UTC)$/)
    expect(spaced(english?.time(time, 'RW') ?? '')).toMatch(/June 1, 2025.* 02:05 PM (GMT\+2|CAT)$/)
    expect(spaced(french?.time(time, 'RW') ?? '')).toMatch(/^1 juin 2025.* 14:05 (UTC\+2|CAT)$/)
    expect(spaced(kinyarwanda?.time(time, 'RW') ?? '')).toMatch(/Kamena.* 14:05 (GMT\+2|UTC\+2|CAT)$/)
    expect(spaced(english?.time(time, undefined) ?? '')).toContain('UTC')
  })
})
