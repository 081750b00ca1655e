import { expect, test, vi } from 'vitest'
import { readPdf, type ReadPdf } from '../../test/support/pdf.ts'
import { type CounterpartyId, type MerchantId, type PartyId, type SourceId, type SourceItemId } from '../kernel/ids.ts'
import { money, ratio } from '../kernel/money.ts'
import { type SourceItem } from '../sources/index.ts'
import { readerOf } from './reader.ts'
import { type Paper, type PrintedReceipt, printReceipt } from './receipt-pdf.ts'
import { type Language, languages } from './texts/index.ts'

// Fonts and hundreds of lines take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const paidAt = new Date('2026-11-23T10:11:12Z')
const createdAt = new Date('2026-11-20T08:00:00Z')
const code = '04B8BFVJ580G3TGF5A0B3F829H949G52J3C0C3AD'.repeat(5)

interface Differences {
  readonly merchant?: string
  readonly payer?: string
  readonly note?: string
  readonly items?: readonly string[]
  readonly feeBearer?: 'PAYER' | 'PAYEE'
  readonly language?: Language
}

const anItem = (name: string, index: number): SourceItem => ({
  id: String(index + 1) as SourceItemId,
  name,
  qty: BigInt(index + 1),
  unit: money(12_500n, 'USD'),
  createdAt,
  updatedAt: createdAt,
})

/** USD 250.00 and LRD 52,000.00 for it. */
function aPaper(its: Differences = {}): PrintedReceipt {
  const merchantId = '1' as MerchantId
  return {
    receipt: {
      bill: {
        merchant: {
          ...{ id: merchantId, name: its.merchant ?? 'Kollie Market', type: 'ORGANIZATION', createdAt },
          ...{
            email: undefined,
            phone: undefined,
            verifiedAt: createdAt,
            paymentLinksAllowed: true,
            cardsAllowed: false,
          },
        },
        source: {
          ...{ id: '42' as SourceId, kind: 'INVOICE', ownerId: merchantId, ownerType: 'ORGANIZATION', status: 'PAID' },
          ...{ number: { kind: 'INVOICE', year: 2026, counter: 42n }, counterpartyId: '1' as CounterpartyId },
          ...{ total: money(25_000n, 'USD'), note: its.note ?? 'As agreed', feeBearer: its.feeBearer ?? 'PAYER' },
          ...{ dueDate: undefined, asPaymentLink: true, referenceId: 'PO 117', paidAt, createdAt, updatedAt: paidAt },
        },
        items: (its.items ?? ['Lesson', 'Travel']).map(anItem),
        payer: {
          ...{ id: '1' as PartyId, fullname: 'Musu Kollie', phone: '231880000001', email: undefined },
          ...{ countryCode: 'LR', createdAt, updatedAt: createdAt },
        },
        checkout: undefined,
      },
      payment: {
        ...{ relationshipType: 'CUSTOMER', counterpartyName: its.payer ?? 'Musu Kollie', counterpartyEmail: undefined },
        ...{ counterpartyPhone: '231880000001', payer: money(5_200_000n, 'LRD'), payee: money(25_000n, 'USD') },
        ...{ platformFee: money(250n, 'USD'), gatewayFee: money(500n, 'USD'), fxFee: money(250n, 'USD') },
        ...{ rate: ratio(200n, 1n), provider: 'PAWAPAY', method: 'ORANGE_MONEY_LBR', accountName: 'Wallet' },
        ...{ confirmedAt: paidAt, providerTransactionId: 'MP-8812347712' },
      },
    },
    proof: {
      code,
      groups: code.match(/.{5}/g) ?? [],
      url: `https://pay.example/verify/${code}`,
      address: 'pay.example/verify',
    },
    reader: readerOf(its.language, undefined),
  }
}

async function print(paper: Paper, its: Differences = {}): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of await printReceipt(aPaper(its), paper)) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

const read = async (paper: Paper, its: Differences = {}): Promise<ReadPdf> => readPdf(await print(paper, its))

/** As it would be copied from a reader, spaces that hold together turned into ordinary ones. */
const textOf = ({ lines }: ReadPdf): string => lines.join(' ').replaceAll('\u00a0', ' ')

test.each(['a4', '80mm'] as const)('a receipt on %s says what the receipt says, and its code', async (paper) => {
  const bytes = await print(paper)
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
  const pdf = readPdf(bytes)
  expect(pdf.pages).toHaveLength(1)
  for (const shown of [
    ...[
      'Kollie Market',
      'Receipt',
      'Invoice INV-2026-00042',
      'November 20, 2026',
      '08:00 AM',
      'November 23, 2026',
      '10:11 AM',
    ],
    ...['Musu Kollie', '••• 001', 'Orange Money', 'MP-8812347712', 'PO 117', 'As agreed'],
    ...['Lesson', 'USD 125.00', 'Travel', '2 × USD 125.00', 'Total', 'USD 250.00'],
    ...['Platform fee', 'USD 2.50', 'Operator’s fee', 'USD 5.00', '1 USD = 200 LRD', 'Amount paid', 'LRD 52,000.00'],
    ...['pay.example/verify', code.slice(0, 5)],
  ]) {
    expect(textOf(pdf)).toContain(shown)
  }
  expect(pdf.lines.join('')).toContain(code)
  expect(textOf(pdf)).not.toContain('231880000001')
})

test('a payer who is known by a number alone is not named by it', async () => {
  expect(textOf(await read('a4', { payer: '231880000001' }))).not.toContain('231880000001')
})

test('fees that the merchant bears are no business of its payer', async () => {
  const text = textOf(await read('a4', { feeBearer: 'PAYEE' }))
  for (const hidden of ['Platform fee', 'Operator’s fee', 'Exchange fee']) expect(text).not.toContain(hidden)
})

test('the same receipt is the same bytes; another language, paper or amount is another paper', async () => {
  const first = await print('a4')
  expect(await print('a4')).toEqual(first)
  expect(await print('80mm')).not.toEqual(first)
  expect(await print('a4', { language: 'fr' })).not.toEqual(first)
  expect(await print('a4', { note: 'As agreed.' })).not.toEqual(first)
})

test('a roll is 80 mm wide and as long as what is on it', async () => {
  const [[width, height] = [0, 0]] = (await read('80mm')).pages
  const [[, longer] = [0, 0]] = (await read('80mm', { items: Array.from({ length: 30 }, () => 'Lesson') })).pages
  expect(Math.round((width / 72) * 25.4)).toBe(80)
  expect(height).toBeGreaterThan(width)
  expect(longer).toBeGreaterThan(height + 28 * 8)
})

test.each(['a4', '80mm'] as const)('hundreds of lines on %s go on over pages, and none is lost', async (paper) => {
  const items = Array.from({ length: 900 }, (_, index) => `Line no. ${index}.`)
  const pdf = await read(paper, { items })
  const missing = new Set(items)
  for (const line of pdf.lines) missing.delete(line)
  expect([...missing]).toEqual([])
  expect(pdf.pages.length).toBeGreaterThan(1)
  expect(textOf(pdf)).toContain(`INV-2026-00042 · 1 / ${pdf.pages.length}`)
  expect(pdf.lines.join('')).toContain(code)
})

test.each([
  ['letters with marks', 'Żółć & Søns Ünïted Ťrading Gǁana Ɓɛlɛ ṣẹ́', 'Żółć & Søns Ünïted Ťrading Gǁana Ɓɛlɛ'],
  ['other alphabets', 'Ελλάδα Київ', 'Ελλάδα Київ'],
  ['what the font lacks', 'Shop 日本 ok', 'Shop \ufffd\ufffd ok'],
  ['control characters and marks of direction', 'a\u0000b\u202ec\nd\te', 'a bc d e'],
  ['markup', '<b>&amp;</b> (\\) ) ( %%EOF', '<b>&amp;</b> (\\) ) ( %%EOF'],
  ['ligatures', 'Office of affluent fjords', 'Office of affluent fjords'],
])('%s are printed as they are, or shown to be missing', async (_what, name, shown) => {
  for (const paper of ['a4', '80mm'] as const) {
    const pdf = await read(paper, { merchant: name, payer: name, items: [name] })
    const text = textOf(pdf)
    expect(text.split(shown).length - 1).toBeGreaterThanOrEqual(paper === 'a4' ? 3 : 1)
    expect(pdf.lines.join('')).not.toContain('\u0000')
  }
})

test('words without an end stay within the paper, however long', async () => {
  const pdf = await read('80mm', { merchant: 'W'.repeat(5_000), note: 'x'.repeat(50_000), items: ['M'.repeat(5_000)] })
  expect(pdf.pages).toHaveLength(1)
  expect(Math.max(...pdf.lines.map(({ length }) => length))).toBeLessThan(70)
})

test.each(languages)('in %s every word and figure is printed, the same bytes each time', async (language) => {
  const bytes = await print('a4', { language })
  expect(await print('a4', { language })).toEqual(bytes)
  const text = textOf(readPdf(bytes))
  expect(text).not.toContain('\ufffd')
  const { bill, receipt } = readerOf(language, undefined).texts
  for (const shown of [receipt.name, receipt.issued, receipt.gatewayFee, bill.total]) expect(text).toContain(shown)
  expect(text).toContain({ en: 'LRD 52,000.00', fr: '52 000,00 LRD', rw: 'LRD 52.000,00' }[language])
})
