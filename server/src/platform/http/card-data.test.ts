import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findCardData } from './card-data.ts'

const foundIn = (body: unknown) => findCardData('body', body).map(({ loc }) => loc)
const isClean = (body: unknown) => {
  expect(foundIn(body), JSON.stringify(body)).toEqual([])
}

const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((all) => all.join(''))

/** Computed from the front, as the standard describes it, and not as the code under test does. */
function checkDigit(payload: string): number {
  const doubled = payload
    .split('')
    .toReversed()
    .map((each, index) => Number(each) * (index % 2 === 0 ? 2 : 1))
    .join('')
  const sum = doubled.split('').reduce((total, each) => total + Number(each), 0)
  // A doubled digit of two figures counts as the sum of both, which joining and splitting has done.
  return (10 - (sum % 10)) % 10
}

const withCheckDigit = (payload: string): string => `${payload}${checkDigit(payload)}`

const issuers: readonly (readonly [string, number])[] = [
  ['4', 16],
  ['4', 19],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['2720', 16],
  ['34', 15],
  ['37', 15],
  ['300', 14],
  ['36', 14],
  ['3530', 16],
  ['6011', 16],
  ['65', 16],
  ['62', 16],
  ['62', 19],
  ['6759', 17],
  ['5061', 18],
  ['5060', 19],
]
const anyCard = fc
  .constantFrom(...issuers)
  .chain(([prefix, length]) => digits(length - prefix.length - 1).map((rest) => withCheckDigit(prefix + rest)))

const groupsOf = (card: string, separator: string): string => (card.match(/.{1,4}/g) ?? []).join(separator)

describe('a card number', () => {
  const spelled = anyCard.chain((card) =>
    fc.constantFrom(
      card,
      groupsOf(card, ' '),
      groupsOf(card, '-'),
      ` ${card} `,
      card.split('').join(' '),
      `Paid with ${card}.`,
      `(${card})`,
      `visa${card}`,
      `card:${card},12/27`,
      `"${card}"`,
      `%B${card}^KAMARA/AMARA^2712101?`,
      `;${card}=2712101?`,
    ),
  )
  const anyName = fc.constantFrom('note', 'fullname', 'account_name', 'name', 'insensitive_account_number', 'x', '')

  test('is found wherever it stands and however it is spelled, and nothing around it is', () => {
    fc.assert(
      fc.property(spelled, anyName, (card, name) => {
        expect(foundIn({ a: 1, [name]: card, b: 'x' })).toEqual([['body', name]])
        expect(foundIn({ items: [{ name: 'Tea' }, { deep: [[], [card]], [name]: 'x' }] })).toEqual([
          ['body', 'items', 1, 'deep', 1, 0],
        ])
        expect(foundIn([card])).toEqual([['body', 0]])
        expect(foundIn(card)).toEqual([['body']])
        expect(findCardData('query', { [name]: ['x', card] }).map(({ loc }) => loc)).toEqual([['query', name, 1]])
      }),
    )
  })

  test('is never repeated in what is said of it, not even when it is a name', () => {
    fc.assert(
      fc.property(spelled, anyCard, (spelling, card) => {
        const said = JSON.stringify(findCardData('body', { [spelling]: { a: 1 }, [card]: { cvv: '123' }, c: card }))
        for (const secret of [spelling, card]) expect(said).not.toContain(secret.trim())
      }),
    )
  })

  test('is found as a JSON number too, also where its last digits are lost', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        expect(foundIn({ amount: JSON.parse(card) as unknown })).toEqual([['body', 'amount']])
      }),
    )
  })

  test.each([
    'Amara paid with 4111 1111 1111 1111 123',
    'Amara paid with 4111-1111-1111-1111 12/27',
    '4111 1111 1111 1111 1227',
    '4111.1111.1111.1111',
    '4111\u20111111\u20111111\u20111111',
    '4111 - 1111 - 1111 - 1111',
    '3782 822463 10005',
    '3056 930902 5904',
    '4222 2222 2222 2',
    'Visa 4222222222222',
    'card no 4222222222222 exp 12/27',
    'https://shop.example/?n=4111111111111111',
    '4111111111111111@example.com',
  ])('is found in "%s"', (note) => {
    expect(foundIn({ note })).toEqual([['body', 'note']])
  })

  test('is found in a phone field when it is longer than phones are, and in a reference when it is as long as most cards', () => {
    expect(foundIn({ phone: '4111111111111111' })).toEqual([['body', 'phone']])
    expect(foundIn({ reference_id: '4111111111111111' })).toEqual([['body', 'reference_id']])
    expect(foundIn({ reference_id: '5555-5555-5555-4444' })).toEqual([['body', 'reference_id']])
  })
})

describe('what stands beside a number', () => {
  test.each([
    { card_number: 'x' },
    { cardNumber: 4111 },
    { 'Card-Number': '****1111' },
    { pan: '1' },
    { cvv: 123 },
    { CVC: '123' },
    { cvv2: '1' },
    { security_code: '123' },
    { exp_month: 12 },
    { expYear: 2027 },
    { expiry: '12/27' },
    { expiry: '1227' },
    { expiry_date: '2027-12' },
    { expiration: { month: 12, year: 2027 } },
    { track2: ';x' },
    { pin_block: 'AB' },
  ])('is known by its name: %j', (body) => {
    const [name = ''] = Object.keys(body)
    expect(foundIn(body)).toEqual([['body', name]])
    expect(foundIn({ card: body })).toEqual([['body', 'card', name]])
    expect(findCardData('query', body).map(({ loc }) => loc)).toEqual([['query', name]])
  })

  test('is not there when its name says nothing', () => {
    isClean({ card_number: null, cvv: '', pan: false, security_code: true })
  })

  test('is not the end of something else', () => {
    isClean({ expiry: '2027-12-31T23:59:59Z', expires_at: '12/27', exp: 1_790_000_000, expiration: '2027-12-31' })
  })
})

describe('what only looks like a card number', () => {
  test('phones in phone fields, of every length they have', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 8, max: 15 })
          .chain((length) => digits(length - 1).map((rest) => withCheckDigit(`4${rest}`.slice(0, length - 1)))),
        fc.constantFrom('phone', 'counterparty_phone', 'phone_number', 'msisdn', 'mobile', 'phones'),
        (phone, name) => {
          isClean({ [name]: phone, passcode: { token: { [name]: phone } }, list: [{ [name]: [phone] }] })
          isClean({ [name]: Number(phone) })
        },
      ),
    )
  })

  test('cards themselves in phone fields, as long as phones may be: nothing could tell them apart', () => {
    isClean({ phone: '378282246310005' })
  })

  test('UUIDs, also without their dashes', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        isClean({ reference_id: uuid, note: uuid.replaceAll('-', ''), text: `for ${uuid}`, [uuid]: uuid })
      }),
    )
  })

  test('UUIDs that are made of digits alone', () => {
    fc.assert(
      fc.property(digits(32), (all) => {
        const uuid = all.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
        isClean({ reference_id: uuid, note: `${uuid} ${all}` })
      }),
    )
  })

  test('ids and references of up to fifteen digits, whatever their check digit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('4', '34', '37', '300', '36', '6759'),
        fc.integer({ min: 8, max: 14 }),
        digits(14),
        fc.constantFrom('id', 'party_id', 'reference_id', 'partyId', 'order_number', 'invoice_no', 'ref'),
        (prefix, length, rest, name) => {
          const id = withCheckDigit((prefix + rest).slice(0, length))
          isClean({ [name]: id, items: [{ [name]: Number(id) }] })
        },
      ),
    )
  })

  test('references that begin with letters', () => {
    fc.assert(
      fc.property(anyCard, fc.constantFrom('INV-', 'ORD-', 'order', 'A', 'txn_', 'pm_1'), (card, prefix) => {
        isClean({ reference_id: `${prefix}${card}`, note: `see ${prefix}${card} please` })
      }),
    )
  })

  test('barcodes and other numbers of thirteen digits', () => {
    fc.assert(
      fc.property(digits(11), (rest) => {
        const code = withCheckDigit(`4${rest}`)
        isClean({ name: `Cocoa ${code}`, note: code, reference_id: code, amount: Number(code) })
      }),
    )
  })

  test('moments and references made of them', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2022-01-01'), max: new Date('2039-01-01'), noInvalidDate: true }),
        digits(4),
        (date, tail) => {
          const iso = date.toISOString()
          const compact = iso.replaceAll(/\D/g, '')
          isClean({
            due_date: iso,
            note: `${iso.slice(0, 10)} ${iso.slice(0, 10)}`,
            at: date.getTime(),
            nanoseconds: `${date.getTime()}000000`,
            reference_id: compact.slice(2, 14) + tail,
            number: compact,
            long: `${compact}${tail}`,
          })
        },
      ),
    )
  })

  test('numbers that no network issues, however good their check digit', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('0', '1', '7', '8', '9', '20', '21', '32', '33'),
        fc.integer({ min: 13, max: 18 }),
        digits(18),
        (prefix, length, rest) => {
          const number = withCheckDigit((prefix + rest).slice(0, length))
          isClean({ note: number, text: groupsOf(number, ' '), ...(prefix !== '0' && { n: Number(number) }) })
        },
      ),
    )
  })

  test.each([
    'prepaid electricity token 4111 1111 1111 1111 4444',
    '41111111111111111111',
    '0.4111111111111111',
    'call 231771234567 or 231881234567 between 08 00 and 17 00',
    '2025-06-01 2025-06-30',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36',
    '3f4111111111111111ab',
  ])('"%s"', (note) => {
    isClean({ note })
  })

  test('the example bodies of the contract', () => {
    isClean({
      fullname: 'Amara Kamara',
      phone: '231771234567',
      session_id: '55',
      payment_method_id: 'pm_1Nv0FGQ9RKHgCVdK4111111111111111',
      reference_id: '550e8400-e29b-41d4-a716-446655440000',
      passcode: {
        token: { phone: '231771234567', code: '4821' },
        device: { name: 'SERVER', type: 'NODE', client_ip: '203.0.113.10' },
      },
    })
  })
})

test('a body that is nested without end is walked to its end, and what is found there is named by what it is in', () => {
  const depth = 50_000
  const body = JSON.parse(`${'['.repeat(depth)}"4111111111111111"${']'.repeat(depth)}`) as unknown
  const [loc] = foundIn(body)
  expect(loc).toHaveLength(32)
})

test('a body full of cards is answered in few words', () => {
  expect(foundIn(Array.from({ length: 10_000 }, () => '4111111111111111'))).toHaveLength(20)
})

test('a large body is read in a moment, whatever it is made of', () => {
  const large = 256 * 1024
  for (const pattern of ['1', '4111 ', '4-', '4111-1111-1111-', 'a', ' ', '%B4', '1234567890123 ']) {
    const text = pattern.repeat(large / pattern.length)
    const began = performance.now()
    findCardData('body', { note: text, [text]: 1 })
    expect(performance.now() - began, pattern).toBeLessThan(1_000)
  }
})
