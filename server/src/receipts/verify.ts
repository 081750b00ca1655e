import { verify } from 'node:crypto'
import { type Money, money } from '../kernel/money.ts'
import { type Queryable } from '../platform/db/pool.ts'
import { type Facts, knowsVersion, readCode, type ReadCode, readPayload } from './code.ts'
import { findReceiptKey } from './key-store.ts'
import { readPublicKey } from './sealed-key.ts'
import { findReceiptState, type ReceiptState } from './store.ts'

/** What became of what the payer paid. */
export type Standing = 'paid' | 'partlyRefunded' | 'refunded'

export type Verdict =
  /** No code, or not as it was printed. */
  | { readonly kind: 'mistyped' }
  /** Well copied, and signed by nobody we know, or in a way that we do not. */
  | { readonly kind: 'unknownKey' }
  /** Well copied, and not what our key signed. */
  | { readonly kind: 'forged' }
  /** Our key signed it, and our books do not say so: its key is in other hands, or the books were restored from a backup. */
  | { readonly kind: 'unrecorded'; readonly facts: Facts }
  | { readonly kind: 'genuine'; readonly state: ReceiptState; readonly standing: Standing; readonly left: Money }

const standingOf = ({ paid, givenBack }: ReceiptState): Standing => {
  if (givenBack.minor === 0n) return 'paid'
  return givenBack.minor < paid.minor ? 'partlyRefunded' : 'refunded'
}

const agrees = (facts: Facts, { number, paid, paidAt }: ReceiptState): boolean =>
  facts.kind === number.kind &&
  facts.year === number.year &&
  facts.counter === number.counter &&
  facts.minor === paid.minor &&
  facts.currency === paid.currency &&
  facts.paidAt.getTime() === Math.floor(paidAt.getTime() / 1000) * 1000

/** Whether our key signed it; no question is asked about what nobody signed. */
async function readSigned(db: Queryable, code: ReadCode): Promise<Facts | 'unknownKey' | 'forged'> {
  if (!knowsVersion(code)) return 'unknownKey'
  const key = await findReceiptKey(db, code.keyId)
  if (!key) return 'unknownKey'
  if (!verify(null, code.payload, readPublicKey(key.publicKey), code.signature)) return 'forged'
  return readPayload(code.payload)?.facts ?? 'forged'
}

/**
 * What a receipt code is worth. The signature says that it is ours and the books say how it stands: a key that fell into
 * other hands signs nothing that is not in them.
 */
export async function verifyCode(db: Queryable, typed: string): Promise<Verdict> {
  const code = readCode(typed)
  if (!code) return { kind: 'mistyped' }
  const facts = await readSigned(db, code)
  if (facts === 'unknownKey' || facts === 'forged') return { kind: facts }
  const state = await findReceiptState(db, facts.merchantId, facts.receiptId)
  if (!state || !agrees(facts, state)) return { kind: 'unrecorded', facts }
  const left = money(state.paid.minor - state.givenBack.minor, state.paid.currency)
  return { kind: 'genuine', state, standing: standingOf(state), left }
}
