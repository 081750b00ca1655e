import { type Clock } from '../kernel/clock.ts'
import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { invariant } from '../kernel/invariant.ts'
import { NotFound } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type ApiKey, type Credentials, hashSecret, type Merchant, mintCredentials, mintSecret } from './model.ts'
import { KeyUnknown, MerchantNotVerified, MerchantUnknown, NotVerified } from './problems.ts'
import * as store from './store.ts'

export interface MerchantsContext {
  readonly db: Pool
  readonly clock: Clock
}

/** A key as it is shown once: with the secret that is kept nowhere. */
export type IssuedKey = ApiKey & Credentials

export const createMerchant = ({ db, clock }: MerchantsContext, merchant: store.NewMerchant): Promise<Merchant> =>
  store.insertMerchant(db, merchant, clock.now())

/** Records that the merchant's identity was approved: from now on keys can be issued. */
export async function verifyMerchant({ db, clock }: MerchantsContext, merchantId: MerchantId): Promise<Merchant> {
  const merchant = await store.verifyMerchant(db, merchantId, clock.now())
  if (!merchant) throw new MerchantUnknown(merchantId)
  return merchant
}

/** Withdraws the approval: payouts, transfers and refunds are refused from the next request on. */
export async function restrictMerchant({ db, clock }: MerchantsContext, merchantId: MerchantId): Promise<Merchant> {
  const merchant = await store.restrictMerchant(db, merchantId, clock.now())
  if (!merchant) throw new MerchantUnknown(merchantId)
  return merchant
}

/** Switches payment links and hosted checkout on or off. */
export async function allowPaymentLinks(
  { db, clock }: MerchantsContext,
  merchantId: MerchantId,
  allowed: boolean,
): Promise<Merchant> {
  const merchant = await store.allowPaymentLinks(db, merchantId, allowed, clock.now())
  if (!merchant) throw new MerchantUnknown(merchantId)
  return merchant
}

/** Switches payment by card on or off. */
export async function allowCards(
  { db, clock }: { readonly db: Queryable; readonly clock: Clock },
  merchantId: MerchantId,
  allowed: boolean,
): Promise<Merchant> {
  const merchant = await store.allowCards(db, merchantId, allowed, clock.now())
  if (!merchant) throw new MerchantUnknown(merchantId)
  return merchant
}

/** The gate before cards. Throws `NotVerified` where they are switched off. */
export async function requireCards(db: Queryable, merchantId: MerchantId): Promise<void> {
  const merchant = await store.findMerchant(db, merchantId)
  if (!merchant?.cardsAllowed) throw new NotVerified()
}

/** The gate before money goes out. Read anew each time: a restriction holds at once. Throws `NotVerified`. */
export async function requireVerified(db: Queryable, merchantId: MerchantId): Promise<void> {
  if (!(await store.isVerified(db, merchantId))) throw new NotVerified()
}

/** A merchant as it may see itself. Any other, or its own id under another type, is as unknown as one that never was. */
export async function getOwnMerchant(
  db: Queryable,
  own: MerchantId,
  named: { readonly id: MerchantId | undefined; readonly type: MerchantType },
): Promise<Merchant> {
  const merchant = named.id === own ? await store.findMerchant(db, own) : undefined
  if (merchant?.type !== named.type) throw new NotFound('Merchant')
  return merchant
}

/** The gate before links and hosted checkout. Throws `NotVerified` where they are switched off. */
export async function requirePaymentLinks(db: Queryable, merchantId: MerchantId): Promise<void> {
  const merchant = await store.findMerchant(db, merchantId)
  if (!merchant?.paymentLinksAllowed) throw new NotVerified()
}

export const listMerchants = ({ db }: { readonly db: Queryable }): Promise<Merchant[]> => store.listMerchants(db)

/** Throws when the merchant is unknown or not verified. */
export async function issueKey({ db, clock }: MerchantsContext, merchantId: MerchantId): Promise<IssuedKey> {
  const merchant = await store.findMerchant(db, merchantId)
  if (!merchant) throw new MerchantUnknown(merchantId)
  if (!merchant.verifiedAt) throw new MerchantNotVerified(merchantId)
  const credentials = mintCredentials()
  const key = await store.insertKey(
    db,
    { merchantId, clientId: credentials.clientId, secretHash: hashSecret(credentials.clientSecret) },
    clock.now(),
  )
  invariant(key, 'a random client id is new')
  return { ...key, ...credentials }
}

/** A new secret under the same client id. The old one stops at once; tokens it obtained live until they expire. */
export async function rotateKey({ db, clock }: MerchantsContext, clientId: string): Promise<IssuedKey> {
  const clientSecret = mintSecret()
  const key = await store.rotateKey(db, clientId, hashSecret(clientSecret), clock.now())
  if (!key) throw new KeyUnknown(clientId)
  return { ...key, clientSecret }
}

/** Ends a key, and with it every token it obtained. */
export async function revokeKey({ db, clock }: MerchantsContext, clientId: string): Promise<ApiKey> {
  const key = await store.revokeKey(db, clientId, clock.now())
  if (!key) throw new KeyUnknown(clientId)
  return key
}

export const listKeys = ({ db }: MerchantsContext, merchantId: MerchantId | undefined): Promise<ApiKey[]> =>
  store.listKeys(db, merchantId)

/**
 * The merchant every new sandbox has, with the credentials its configuration names. Changed credentials add a key. `equip`
 * gives a merchant just made all else it needs, in the same transaction.
 */
export async function ensureSandboxMerchant(
  { db, clock }: MerchantsContext,
  credentials: Credentials & { readonly phone: string },
  equip: (tx: Queryable, merchant: Merchant) => Promise<void>,
): Promise<void> {
  const now = clock.now()
  await withTx(db, async (tx) => {
    await store.lockSandboxMerchant(tx)
    const owner = await store.findKeyOwner(tx, credentials.clientId)
    const secretHash = hashSecret(credentials.clientSecret)
    if (owner?.secretHash.equals(secretHash)) return
    if (owner) {
      await store.rotateKey(tx, credentials.clientId, secretHash, now)
      return
    }
    const [first] = await store.listMerchants(tx)
    const merchant =
      first ?? (await store.insertMerchant(tx, { ...sandboxMerchant, phone: credentials.phone, verified: true }, now))
    await store.insertKey(tx, { merchantId: merchant.id, clientId: credentials.clientId, secretHash }, now)
    if (!first) await equip(tx, merchant)
  })
}

const sandboxMerchant = {
  name: 'Sandbox Merchant',
  type: 'ORGANIZATION',
  email: 'sandbox@example.com',
} as const
