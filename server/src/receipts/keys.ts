import { type KeyObject, sign } from 'node:crypto'
import { addMs, type Clock } from '../kernel/clock.ts'
import { invariant } from '../kernel/invariant.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Facts, writeCode, writePayload } from './code.ts'
import {
  keepReceiptKey,
  listReceiptKeys,
  listSealedKeys,
  lockReceiptKeys,
  type ReceiptKey,
  retireReceiptKey,
} from './key-store.ts'
import { mintSigningKey, openKey, sealKey, type SigningKey, toSigningKey } from './sealed-key.ts'

export interface ReceiptKeys {
  /** The code of a receipt: the same for the same facts, until another key signs. */
  sign(facts: Facts): Promise<string>
  /** Makes sure that there is a key. Throws `OperatorError` for one that must not be used. */
  prepare(): Promise<void>
}

export interface ReceiptKeysOptions {
  readonly db: Pool
  readonly clock: Clock
  /** What kept keys are sealed under: the first seals, all open. */
  readonly secrets: readonly [string, ...string[]]
  /** The key that the environment names. Undefined means one of our own making. */
  readonly given: KeyObject | undefined
}

/** The newest kept key that can be opened; the first one ever is made here, and another when none opens any more. */
async function claimKey(tx: Queryable, { secrets }: ReceiptKeysOptions, now: Date): Promise<SigningKey> {
  await lockReceiptKeys(tx)
  for (const sealed of await listSealedKeys(tx)) {
    const key = openKey(sealed, secrets)
    if (key) return key
  }
  const minted = mintSigningKey()
  const kept = await keepReceiptKey(tx, minted, sealKey(minted, secrets[0]), now)
  invariant(kept.publicKey.equals(minted.publicKey), 'two keys have two ids')
  return minted
}

/**
 * A key from outside is published like one of our own, and stays so after the environment has moved on. Undefined for one
 * that was withdrawn.
 */
async function publishGiven(db: Pool, given: KeyObject, now: Date): Promise<SigningKey | undefined> {
  const key = toSigningKey(given)
  const kept = await keepReceiptKey(db, key, undefined, now)
  invariant(kept.publicKey.equals(key.publicKey), 'two keys have two ids')
  return kept.withdrawnAt ? undefined : key
}

/** A key that was retired elsewhere goes on signing for this long. What it signs meanwhile is as good as before. */
const rememberedMs = 60_000

export function createReceiptKeys(options: ReceiptKeysOptions): ReceiptKeys {
  const { db, clock, given } = options
  let held: { readonly key: SigningKey; readonly until: Date } | undefined
  const current = async (): Promise<SigningKey> => {
    const now = clock.now()
    if (held && now < held.until) return held.key
    const key =
      (given && (await publishGiven(db, given, now))) ?? (await withTx(db, (tx) => claimKey(tx, options, now)))
    held = { key, until: addMs(now, rememberedMs) }
    return key
  }
  return {
    async sign(facts) {
      const { id, privateKey } = await current()
      const payload = writePayload(id, facts)
      return writeCode(payload, sign(null, payload, privateKey))
    },
    async prepare() {
      const { id } = await current()
      // A server that runs goes on with a key of its own; one that starts says so to whoever starts it.
      if (given && toSigningKey(given).id !== id) {
        throw new OperatorError('DOLLR_RECEIPT_SIGNING_KEY was withdrawn. Make another key.')
      }
    },
  }
}

/** The keys as a JSON Web Key Set (RFC 7517, RFC 8037): all that ever signed, but for those that others may have. */
export async function publishedKeys(db: Queryable) {
  const keys = await listReceiptKeys(db)
  return {
    keys: keys
      .filter(({ withdrawnAt }) => !withdrawnAt)
      .map(({ id, publicKey }) => ({
        kty: 'OKP',
        crv: 'Ed25519',
        x: publicKey.toString('base64url'),
        kid: id,
        use: 'sig',
        alg: 'EdDSA',
      })),
  }
}

/** Ends a key: for good order, or `withdraw` when somebody else may have it. A serving process makes the next one. */
export async function retireKey(
  { db, clock }: Pick<ReceiptKeysOptions, 'db' | 'clock'>,
  id: string,
  withdraw: boolean,
): Promise<ReceiptKey> {
  const key = await retireReceiptKey(db, id, { withdraw, now: clock.now() })
  if (!key) throw new OperatorError(`There is no receipt key ${id}.`)
  return key
}
