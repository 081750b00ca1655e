import { type FastifyRequest } from 'fastify'
import { RequestInvalid, type WireIssue } from './validation.ts'

/**
 * Card numbers and what is printed beside them never enter: not the database, not a log, not the answer that refuses them.
 * A request that carries any is refused as a whole, before its fields are looked at.
 *
 * A number is taken for a card's when its digits, its length and its check digit are those of a network. One in ten numbers
 * has the right check digit by chance, so where it stands counts as well: phones and ids have their own lengths, and
 * thirteen digits are a barcode or the id of an order far more often than a card.
 */

/** Names under which anything at all is card data; in small letters, without what separates words. */
const cardNames = new Set(
  [
    'pan fpan dpan cardpan primaryaccountnumber',
    'cardnumber cardno cardnum creditcard creditcardnumber creditcardno debitcardnumber ccnumber ccnum ccno',
    'cvv cvv2 cvc cvc2 cvn cvn2 csc cardcvv cardcvc cardcsc cvvcode cvccode cvvnumber cvcnumber securitycode',
    'cardsecuritycode cardverificationcode cardverificationvalue cardcode',
    'expmonth expyear expirymonth expiryyear expirationmonth expirationyear cardexpmonth cardexpyear',
    'cardexpiry cardexpirydate cardexpiration cardexpirationdate ccexp ccexpiry',
    'track1 track2 track3 trackdata track1data track2data track3data magstripe magneticstripe magstripedata',
    'pinblock cardpin',
  ].flatMap((names) => names.split(' ')),
)

/** Names of what may also be the end of a session or a document: card data only when they hold a month and a year. */
const expiryNames = new Set(['exp', 'expiry', 'expirydate', 'expiration', 'expirationdate', 'expdate'])
const monthAndYear = /^\s*(?:(?:0?[1-9]|1[0-2])\s*[/.\- ]?\s*(?:20)?\d\d|20\d\d\s*[/.\- ]\s*(?:0?[1-9]|1[0-2]))\s*$/

/** First digits and lengths, as the networks issue them. */
const networks: readonly RegExp[] = [
  /^4(?:\d{12}|\d{15}|\d{18})$/, // Visa
  /^(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}$/, // Mastercard
  /^3[47]\d{13}$/, // American Express
  /^3(?:0[0-5]|[689]\d)\d{11}$/, // Diners Club
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/, // JCB
  /^6(?:011|4[4-9]\d|5\d\d)\d{12,15}$/, // Discover
  /^62\d{14,17}$/, // UnionPay
  /^(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}$/, // Maestro
  /^50(?:60|61|78|79)\d{12}(?:\d{2,3})?$/, // Verve
]

const isIssued = (digits: string): boolean => networks.some((network) => network.test(digits))

/** The check digit that every card number ends with. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place))
    sum += place % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)
  }
  return sum % 10 === 0
}

const isCardNumber = (digits: string): boolean => isIssued(digits) && passesLuhn(digits)

/** Where a value stands says how much it takes to call it a card number. */
const phoneName = /(?:phone|msisdn|mobile|whatsapp)(?:[_-]?(?:no|number))?s?$/i
const idName =
  /(?:^|[_-])(?:id|ids|ref|reference|(?:order|invoice|tracking|serial)_?(?:no|number)|sku|imei|barcode|ean|gtin)$|[a-z](?:Id|Ids|Ref|Reference)$/
const spokenOf =
  /(?<![a-z])(?:cards?|visa|mastercard|amex|verve|maestro|pan|cvv2?|cvc2?|exp|expiry|expires|expiration)(?![a-z])/i

/** References are often made of the date and the time: `2611231405210042`. Some of them look like a Mastercard's. */
const beginsWithDate = /^2[2-7](?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/

/** Standing alone, and no part of a longer word: `INV-4111111111111111` is the name of an invoice. */
const bareNumber = /(?<![\p{L}\p{N}_]|\p{L}-|\d\.)\d{13,19}(?![\p{L}\p{N}_])/gu
const anyNumber = /(?<!\d)\d{13,19}(?!\d)/g
/** As cards are embossed, 4-4-4-4, 4-4-4-1, 4-6-5 or 4-6-4, with perhaps a security code or an expiry behind. */
const embossedNumber =
  /(?<![\p{L}\p{N}_]|\d{4}[ -])\d{4}([\s.\-\u2010-\u2015]{1,3})(?:\d{4}\1\d{4}\1(?:\d{4}(?:\1\d{1,3})?|\d)|\d{6}\1\d{4,5})(?![\p{L}\p{N}_]|[ -](?!(?:0[1-9]|1[0-2])\d\d(?!\d))\d{4}(?!\d))/gu
/** Nothing but digits, however they are spaced. */
const spacedNumber = /^\s*\d(?:[\s\-\u2010-\u2015]?\d){12,18}\s*$/
/** What a card reader says: the number, then the name. */
const firstTrack = /%?B\d{13,19}\^[^^]{2,26}\^/i

/** What every spelling has in common: nearly all text is cleared by this alone. */
const longNumber = /\d[\d\s.\-\u2010-\u2015]{11,}\d/

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '')

function holdsCardNumber(name: string, text: string): boolean {
  if (text.length < 13 || !longNumber.test(text)) return false
  if (phoneName.test(name) && /^\d{8,15}$/.test(text)) return false
  if (firstTrack.test(text)) return true
  const speaks = spokenOf.test(text) || spokenOf.test(name)
  const isId = idName.test(name)
  const shortest = speaks ? 13 : isId ? 16 : 14
  const plain = Array.from(text.matchAll(speaks ? anyNumber : bareNumber), ([digits]) => digits)
  const spaced = text.length <= 60 && spacedNumber.test(text) ? [digitsOf(text)] : []
  const embossed = Array.from(text.matchAll(embossedNumber), ([number]) => digitsOf(number))
  return (
    [...plain, ...spaced].some(
      (digits) => digits.length >= shortest && isCardNumber(digits) && !(isId && beginsWithDate.test(digits)),
    ) || embossed.some((digits) => isCardNumber(digits) || isCardNumber(digits.slice(0, 16)))
  )
}

/** From 2^53 on the last digits of a number are lost before anybody could check them. */
const isCardInteger = (name: string, value: number): boolean =>
  Number.isSafeInteger(value)
    ? value >= 1e12 && holdsCardNumber(name, String(value))
    : Number.isInteger(value) && isIssued(String(value))

interface Place {
  readonly parent: Place | undefined
  readonly key: string | number
  readonly value: unknown
}

/** What a value is called: elements of a list go by the name of the list. */
function nameOf(place: Place): string {
  for (let at: Place | undefined = place; at; at = at.parent) if (typeof at.key === 'string') return at.key
  return ''
}

const saysSomething = (value: unknown): boolean => value != null && value !== '' && typeof value !== 'boolean'

function isExpiry(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return 'month' in value && 'year' in value
  return (typeof value === 'string' || typeof value === 'number') && monthAndYear.test(String(value))
}

function isCardData(place: Place): boolean {
  const { key, value } = place
  if (typeof key === 'string') {
    const plainKey = key.toLowerCase().replaceAll(/[^a-z\d]/g, '')
    if (cardNames.has(plainKey) && saysSomething(value)) return true
    if (expiryNames.has(plainKey) && isExpiry(value)) return true
    if (holdsCardNumber('', key)) return true
  }
  if (typeof value === 'string') return holdsCardNumber(nameOf(place), value)
  return typeof value === 'number' && isCardInteger(nameOf(place), value)
}

/** Deeper places are named by what they are in: nobody finds his way down a hundred brackets. */
const deepestNamed = 32

/** Where a place is. A name that is itself a card number is not repeated, nor what is below it. */
function locOf(place: Place): (string | number)[] {
  const path: (string | number)[] = []
  for (let at: Place | undefined = place; at; at = at.parent) path.unshift(at.key)
  const secret = path.findIndex((key) => typeof key === 'string' && holdsCardNumber('', key))
  return path.slice(0, Math.min(secret === -1 ? path.length : secret, deepestNamed))
}

const mostIssues = 20

/** Every place of a request's part that holds card data. Walks without recursion: a body may be nested without end. */
export function findCardData(part: 'body' | 'query', received: unknown): WireIssue[] {
  const places: Place[] = [{ parent: undefined, key: part, value: received }]
  const found = new Map<string, WireIssue>()
  // The list grows while it is read, and no faster than the body is long.
  for (const place of places) {
    if (found.size === mostIssues) break
    if (isCardData(place)) {
      const loc = locOf(place)
      const msg = "card data is not accepted here: use the card network's own form"
      found.set(JSON.stringify(loc), { loc, msg, type: 'value_error.card_data' })
    } else if (Array.isArray(place.value)) {
      place.value.forEach((value: unknown, key) => places.push({ parent: place, key, value }))
    } else if (typeof place.value === 'object' && place.value !== null) {
      for (const [key, value] of Object.entries(place.value)) places.push({ parent: place, key, value })
    }
  }
  return [...found.values()]
}

/** The only issues such a request hears of: whatever else is wrong with it might be said in its own words. */
export class CardDataRefused extends RequestInvalid {}

const refused = new WeakSet<FastifyRequest>()

/** Whether a request was refused for the card data in it: nothing of what it says may be kept. */
export const carriesCardData = (request: FastifyRequest): boolean => refused.has(request)

/** Runs once a request is read and before anything in it is judged. Bytes are a provider's callback, kept as they came. */
export const refuseCardData = async (request: FastifyRequest): Promise<void> => {
  if (request.is404) return
  const issues = [
    ...findCardData('query', request.query),
    ...(Buffer.isBuffer(request.body) ? [] : findCardData('body', request.body)),
  ]
  if (issues.length === 0) return
  refused.add(request)
  throw new CardDataRefused(issues)
}
