import { InvalidArgumentError } from 'commander'

/** More digits than this a JSON number does not carry exactly. */
const mostDigits = 15

/** Reads an amount in major units, such as 25 or 25.50. The server knows what a currency allows. */
export function readAmount(text: string): number {
  const [, whole = '', decimals = ''] = /^(\d+)(?:\.(\d{1,2}))?$/.exec(text) ?? []
  if (whole === '' || whole.length + decimals.length > mostDigits || Number(text) === 0) {
    throw new InvalidArgumentError('Say it in major units, such as 25 or 25.50.')
  }
  return Number(text)
}

/** Digits with the country code; a plus sign, spaces and dashes are how people write the same. */
export function readPhone(text: string): string {
  const digits = text.replaceAll(/[\s()-]/g, '').replace(/^\+/, '')
  if (!/^[1-9]\d{7,14}$/.test(digits)) {
    throw new InvalidArgumentError('Say it with its country code, such as 231881234567.')
  }
  return digits
}

const cardToken = /^pm_\w{1,100}$/

/** Who pays: a phone, or a card by its token. */
export const readPayer = (text: string): string => (cardToken.test(text) ? text : readPhone(text))

export const isCard = (payer: string): boolean => cardToken.test(payer)

export function readCurrency(text: string): string {
  const code = text.toUpperCase()
  if (!/^[A-Z]{3}$/.test(code)) throw new InvalidArgumentError('Say a currency by its three letters, such as USD.')
  return code
}

export function readSeconds(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Say a whole number of seconds.')
  return Number(text)
}
