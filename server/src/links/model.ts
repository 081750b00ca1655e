import { randomBytes } from 'node:crypto'
import { type MerchantId, type SourceId } from '../kernel/ids.ts'

/** Which hosted page a link opens. */
export type HostedPage = 'PAY' | 'RECEIPT'

/** A page that whoever holds its token may open, without an account. */
export interface Link {
  readonly merchantId: MerchantId
  readonly sourceId: SourceId
  readonly page: HostedPage
  readonly token: string
  /** Afterwards the page refuses to pay. Undefined means open until the document is PAID or CANCELED. */
  readonly expiresAt: Date | undefined
}

/**
 * 192 random bits, stored as they are. A repeated question must be answered with the same link, so a hash alone would not
 * do. Deriving tokens from a secret would: but links are printed and sent, so that secret could never be rotated, and
 * whoever learned it could open every link there will ever be without touching the database. What a token opens, one
 * document of one merchant, stands in the same database anyway, and nothing can be taken from it: only paid.
 */
export const mintToken = (): string => randomBytes(24).toString('base64url')

const tokenForm = /^[A-Za-z0-9_-]{32}$/

/** Anything else is no token of ours, and not worth a question to the database. */
export const canBeToken = (text: string): boolean => tokenForm.test(text)

export const isExpired = ({ expiresAt }: Pick<Link, 'expiresAt'>, now: Date): boolean =>
  expiresAt !== undefined && expiresAt <= now

/** Where a link leads, below the public base. */
export const pathOf = ({ page, token }: Pick<Link, 'page' | 'token'>): string =>
  `/${page === 'PAY' ? 'pay' : 'receipt'}/${token}`
