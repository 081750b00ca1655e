import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setImmediate } from 'node:timers/promises'
import { money, type Money } from '../kernel/money.ts'
import { countryOf } from '../payment-methods/index.ts'
import { formatNumber } from '../sources/index.ts'
import { masked, nameForOthers } from './model.ts'
import { qrOf, qrRuns } from './qr.ts'
import { type Reader } from './reader.ts'
import { type Proof, type Receipt } from './receipt-service.ts'
import { documentName, longestNote, methodName, short } from './views.ts'

/** A sheet, or the roll of a receipt printer. */
export const papers = ['a4', '80mm'] as const
export type Paper = (typeof papers)[number]

/** Everything in points, 72 to the inch. */
interface Layout {
  readonly width: number
  /** Undefined for a roll, which is as long as what is on it. */
  readonly height: number | undefined
  readonly margin: number
  readonly size: number
  readonly qr: number
}

const layouts: Readonly<Record<Paper, Layout>> = {
  a4: { width: 595.28, height: 841.89, margin: 56, size: 10, qr: 120 },
  '80mm': { width: 226.77, height: undefined, margin: 14, size: 8, qr: 140 },
}

/** No reader of PDF takes a longer page; five metres of roll. */
const longestPage = 14_400

const leading = 1.35
const grey = '#555'
const longestName = 200

interface Fonts {
  readonly regular: Buffer
  readonly bold: Buffer
}

/** All of Latin, Greek and Cyrillic, which the fonts that every reader has lack; a paper holds the letters that are on it. */
function readFonts(): Fonts {
  const require = createRequire(import.meta.url)
  return {
    regular: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf')),
    bold: readFileSync(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf')),
  }
}

let fonts: Fonts | undefined

/** What is printed: a receipt, and what proves it. */
export interface PrintedReceipt {
  readonly receipt: Receipt
  readonly proof: Proof
  readonly reader: Reader
}

/** Something that takes a known height, and is drawn in one piece. */
interface Block {
  readonly height: number
  readonly draw: (y: number) => void
}

type Weight = keyof Fonts

interface Style {
  readonly weight?: Weight
  readonly size?: number
  readonly color?: string
}

/** What is needed to know which characters a font has. */
interface Glyphs {
  hasGlyphForCodePoint(codePoint: number): boolean
}

const unknownCharacter = '\ufffd'

/** Draws in lines of its own breaking: every height is known before there is a page. */
class Pen {
  readonly #document: PDFKit.PDFDocument
  readonly #layout: Layout
  readonly #glyphs: Glyphs

  constructor(document: PDFKit.PDFDocument, layout: Layout) {
    this.#document = document
    this.#layout = layout
    this.#document.font('regular')
    this.#glyphs = (document as unknown as { _font: { font: Glyphs } })._font.font
  }

  get inner(): number {
    return this.#layout.width - 2 * this.#layout.margin
  }

  /** On one line, in characters that the font has: what it lacks is shown to be missing, and never something else. */
  printable(text: string): string {
    const plain = text
      .normalize('NFC')
      .replaceAll(/\p{Cf}/gu, '')
      // Narrow or wide, what holds digits together goes on doing so.
      .replaceAll('\u202f', '\u00a0')
      .replaceAll(/(?:[^\S\u00a0]|\p{Cc})+/gu, ' ')
    return Array.from(plain.trim(), (character) =>
      this.#glyphs.hasGlyphForCodePoint(character.codePointAt(0) ?? 0) ? character : unknownCharacter,
    ).join('')
  }

  #set({ weight = 'regular', size = this.#layout.size }: Style): void {
    this.#document.font(weight).fontSize(size)
  }

  width(text: string, style: Style = {}): number {
    this.#set(style)
    return this.#document.widthOfString(text)
  }

  /** Breaks between words, and within those that are too long for a line. */
  lines(text: string, width: number, style: Style = {}): string[] {
    this.#set(style)
    const fits = (line: string): boolean => this.#document.widthOfString(line) <= width
    const lines: string[] = []
    let line = ''
    for (const word of text.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (fits(longer)) {
        line = longer
        continue
      }
      if (line !== '') lines.push(line)
      line = ''
      for (const character of word) {
        if (line !== '' && !fits(line + character)) {
          lines.push(line)
          line = ''
        }
        line += character
      }
    }
    return [...lines, line]
  }

  write(text: string, x: number, y: number, style: Style = {}): void {
    this.#set(style)
    this.#document.fillColor(style.color ?? '#000').text(text, x, y, { lineBreak: false })
  }

  writeRight(text: string, right: number, y: number, style: Style = {}): void {
    this.write(text, right - this.width(text, style), y, style)
  }

  /** A paragraph. */
  text(text: string, style: Style & { readonly centered?: boolean } = {}): Block {
    const lines = this.lines(this.printable(text), this.inner, style)
    const step = (style.size ?? this.#layout.size) * leading
    const { margin } = this.#layout
    return {
      height: lines.length * step,
      draw: (y) => {
        lines.forEach((line, index) => {
          const indent = style.centered === true ? (this.inner - this.width(line, style)) / 2 : 0
          this.write(line, margin + indent, y + index * step, style)
        })
      },
    }
  }

  /** Words on the left, an amount or a value on the right; the right is never broken unless it takes more than half. */
  pair(
    left: string,
    right: string,
    its: { readonly left?: Style; readonly right?: Style; readonly below?: string } = {},
  ): Block {
    const { margin, size } = this.#layout
    const gap = size
    const value = this.printable(right)
    const half = Math.max(this.inner / 2, this.inner - gap - this.width(this.printable(left), its.left))
    const rights = this.width(value, its.right) <= half ? [value] : this.lines(value, half, its.right)
    const widest = Math.max(...rights.map((line) => this.width(line, its.right)))
    const lefts = this.lines(this.printable(left), this.inner - widest - gap, its.left)
    const step = Math.max(its.left?.size ?? size, its.right?.size ?? size) * leading
    const below = its.below === undefined ? [] : [this.printable(its.below)]
    const small: Style = { color: grey, size: size * 0.9 }
    return {
      height: Math.max(lefts.length + below.length, rights.length) * step + size * 0.3,
      draw: (y) => {
        lefts.forEach((line, index) => {
          this.write(line, margin, y + index * step, its.left)
        })
        below.forEach((line, index) => {
          this.write(line, margin, y + (lefts.length + index) * step, small)
        })
        rights.forEach((line, index) => {
          this.writeRight(line, margin + this.inner, y + index * step, its.right)
        })
      },
    }
  }

  rule(): Block {
    const { margin, size } = this.#layout
    return {
      height: size,
      draw: (y) => {
        const middle = y + size / 2 - 1
        this.#document.lineWidth(0.5).strokeColor('#999')
        this.#document
          .moveTo(margin, middle)
          .lineTo(margin + this.inner, middle)
          .stroke()
      },
    }
  }

  space(lines = 1): Block {
    return { height: lines * this.#layout.size, draw: () => undefined }
  }

  qr(address: string): Block {
    const { margin, qr } = this.#layout
    const code = qrOf(address)
    const unit = qr / code.size
    const left = margin + (this.inner - qr) / 2
    return {
      height: qr + 8 * unit,
      draw: (y) => {
        const top = y + 4 * unit
        for (const run of qrRuns(code)) {
          this.#document.rect(left + run.x * unit, top + run.y * unit, run.length * unit, unit)
        }
        this.#document.fill('#000')
      },
    }
  }

  /** A code in groups, as many to a line as fit, all lines alike. */
  code(groups: readonly string[]): Block {
    const style: Style = { size: this.#layout.size }
    const widest = Math.max(...groups.map((group) => this.width(group, style)))
    const gap = this.#layout.size
    const column = widest + gap
    const perLine = Math.min(8, Math.max(1, Math.floor((this.inner + gap) / column)))
    const left = this.#layout.margin + (this.inner - perLine * column + gap) / 2
    const step = this.#layout.size * 1.5
    return {
      height: Math.ceil(groups.length / perLine) * step,
      draw: (y) => {
        groups.forEach((group, index) => {
          this.write(group, left + (index % perLine) * column, y + Math.floor(index / perLine) * step, style)
        })
      },
    }
  }
}

const linesAtOnce = 100

async function compose(
  pen: Pen,
  { receipt: { bill, payment }, proof, reader }: PrintedReceipt,
  layout: Layout,
): Promise<Block[]> {
  const { bill: billTexts, receipt: texts } = reader.texts
  const { source, merchant, items } = bill
  const { size } = layout
  const label = { color: grey }
  const bold = { weight: 'bold' } as const
  const large = { weight: 'bold', size: size * 1.3 } as const
  const fact = (name: string, value: string | undefined): Block[] =>
    value === undefined || value === '' ? [] : [pen.pair(name, value, { left: label })]
  const fee = (name: string, amount: Money | undefined): Block[] =>
    source.feeBearer === 'PAYER' && amount && amount.minor > 0n ? [pen.pair(name, reader.money(amount))] : []
  const { rate } = payment
  const showTime = (time: Date): string => reader.time(time, countryOf(payment.method))
  const lines: Block[] = []
  for (const { name, qty, unit } of items) {
    const each = reader.count(qty)
    const below = qty > 1n ? { below: `${each} × ${reader.money(unit)}` } : {}
    lines.push(pen.pair(short(name, longestName), reader.money(money(qty * unit.minor, unit.currency)), below))
    // A document may have any number of lines: others are served between some of them.
    if (lines.length % linesAtOnce === 0) await setImmediate()
  }
  return [
    pen.text(short(merchant.name, longestName), { weight: 'bold', size: size * 1.6 }),
    pen.text(texts.name, { size: size * 1.2, color: grey }),
    pen.rule(),
    ...fact(texts.document, documentName(reader, source.number)),
    ...fact(texts.issued, showTime(source.createdAt)),
    ...fact(texts.when, source.paidAt && showTime(source.paidAt)),
    ...fact(texts.from, short(nameForOthers(payment.counterpartyName), longestName)),
    ...fact(texts.phone, masked(payment.counterpartyPhone)),
    ...fact(texts.method, methodName(reader, payment.method)),
    ...fact(texts.reference, payment.providerTransactionId && short(payment.providerTransactionId, longestName)),
    ...fact(texts.ownReference, source.referenceId && short(source.referenceId, longestName)),
    ...(source.note === '' ? [] : [pen.space(0.5), pen.text(short(source.note, longestNote))]),
    pen.rule(),
    ...lines,
    pen.rule(),
    pen.pair(billTexts.total, reader.money(source.total), { left: bold, right: bold }),
    ...fee(texts.platformFee, payment.platformFee),
    ...fee(texts.gatewayFee, payment.gatewayFee),
    ...fee(texts.fxFee, payment.fxFee),
    ...(rate ? [pen.pair(texts.rate, reader.rate(source.total.currency, rate, payment.payer.currency))] : []),
    pen.pair(texts.amount, reader.money(payment.payer), { left: large, right: large }),
    pen.rule(),
    pen.qr(proof.url),
    pen.text(texts.scan, { centered: true, color: grey }),
    pen.text(proof.address, { centered: true, ...bold }),
    pen.space(0.5),
    pen.code(proof.groups),
  ]
}

/** Blocks as pages: none is ever cut in two, and what proves the receipt stays together. */
function paginate(blocks: readonly Block[], room: number, together: number): Block[][] {
  const units: Block[][] = [...blocks.slice(0, -together).map((block) => [block]), blocks.slice(-together)]
  const pages: Block[][] = []
  let used = Infinity
  for (const unit of units) {
    const height = heightOf(unit)
    if (used + height > room) {
      pages.push([])
      used = 0
    }
    pages.at(-1)?.push(...unit)
    used += height
  }
  return pages
}

const heightOf = (blocks: readonly Block[]): number => blocks.reduce((sum, { height }) => sum + height, 0)

/** QR code, two lines of text, a space and the code. */
const proofBlocks = 5

async function draw(document: PDFKit.PDFDocument, printed: PrintedReceipt, layout: Layout): Promise<void> {
  const pen = new Pen(document, layout)
  const { width, margin, size } = layout
  const blocks = await compose(pen, printed, layout)
  const footer = 2 * size
  const tallest = layout.height ?? Math.min(longestPage, Math.ceil(heightOf(blocks) + 2 * margin))
  const fitting = paginate(blocks, tallest - 2 * margin, proofBlocks)
  // Where there are several pages, each says which it is.
  const pages = fitting.length === 1 ? fitting : paginate(blocks, tallest - 2 * margin - footer, proofBlocks)
  for (const [index, page] of pages.entries()) {
    document.addPage({ size: [width, tallest], margin: 0 })
    let y = margin
    for (const block of page) {
      block.draw(y)
      y += block.height
    }
    if (pages.length > 1) {
      const name = formatNumber(printed.receipt.bill.source.number)
      const { reader } = printed
      const which = `${name} · ${reader.count(index + 1)} / ${reader.count(pages.length)}`
      pen.writeRight(which, margin + pen.inner, tallest - margin - size, { color: grey })
    }
    // Others are served between two pages.
    await setImmediate()
  }
  document.end()
}

/**
 * A receipt as a PDF, written while it is read. The same receipt is the same bytes: it bears the time of its payment and none
 * of its own, and how it stands since is what its code tells.
 */
export async function printReceipt(printed: PrintedReceipt, paper: Paper): Promise<PDFKit.PDFDocument> {
  // Loaded with the first receipt that is printed: no other process has to wait for it at its start.
  const { default: PDFDocument } = await import('pdfkit')
  const { source, merchant } = printed.receipt.bill
  const at = source.paidAt ?? source.createdAt
  fonts ??= readFonts()
  const title = `${printed.reader.texts.receipt.name} ${formatNumber(source.number)}`
  const document = new PDFDocument({
    autoFirstPage: false,
    lang: printed.reader.language,
    displayTitle: true,
    info: {
      Title: title,
      Author: short(merchant.name, longestName),
      Creator: 'Dollr',
      Producer: 'Dollr',
      CreationDate: at,
    },
  })
  document.registerFont('regular', fonts.regular)
  document.registerFont('bold', fonts.bold)
  draw(document, printed, layouts[paper]).catch((error: unknown) => {
    document.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  return document
}
