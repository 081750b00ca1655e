import { createHmac, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { addMs, type Clock } from '../kernel/clock.ts'
import { type MerchantId, type PasscodeId } from '../kernel/ids.ts'
import { type Pool, type Queryable, withTx } from '../platform/db/pool.ts'
import { type Logger } from '../platform/log.ts'
import { PasscodeInvalid, UserIdTaken } from './problems.ts'
import * as store from './store.ts'

/** Whose passcode it is, and the code. */
export interface Approval {
  readonly phone: string | undefined
  readonly userId: string | undefined
  readonly code: string
}

export interface Passcodes {
  /** Answers whose passcode it was. Throws `PasscodeInvalid`. */
  verify(merchantId: MerchantId, approval: Approval): Promise<PasscodeId>
}

/** So many wrong codes within this time lock a passcode until the first of them is that old. */
const mostWrong = 5
const watchedMs = 15 * 60_000

const recent = (wrongAt: readonly Date[], now: Date): Date[] =>
  wrongAt.filter((at) => at.getTime() > addMs(now, -watchedMs).getTime())

/** Argon2id, 19 MiB, two passes: the library's defaults, which are OWASP's. */
export const hashPasscode = (code: string): Promise<string> => hash(code)

/** Throws `UserIdTaken`. */
export async function setPasscode(
  db: Queryable,
  { merchantId, code, ...approver }: { readonly merchantId: MerchantId } & Approval & { readonly phone: string },
  now: Date,
): Promise<store.Passcode> {
  const passcode = await store.setPasscode(db, { merchantId, ...approver, codeHash: await hashPasscode(code) }, now)
  if (!passcode) throw new UserIdTaken(approver.userId ?? '')
  return passcode
}

/** Right codes a process remembers, so that a busy merchant does not wait for Argon2 at every payout. */
const mostRemembered = 1_000

export function createPasscodes(db: Pool, clock: Clock, log: Logger): Passcodes {
  const secret = randomBytes(32)
  const remembered = new Set<string>()
  /** Bound to the hash it was checked against: a new passcode makes the old memory worthless. */
  const memoryOf = ({ id, codeHash }: store.Passcode, code: string): string =>
    createHmac('sha256', secret)
      .update(JSON.stringify([id, codeHash, code]))
      .digest('base64')
  const stranger = hashPasscode(randomBytes(16).toString('hex'))

  const isLocked = ({ wrongAt }: store.Passcode): boolean => recent(wrongAt, clock.now()).length >= mostWrong

  /** One guess at a time, under the passcode's lock: guesses made side by side count like any others. */
  const judge = (passcode: store.Passcode, code: string): Promise<boolean> =>
    withTx(db, async (tx) => {
      const current = await store.lockPasscode(tx, passcode.merchantId, passcode.id)
      if (!current || isLocked(current)) return false
      // Of many who came at once, the first was checked while the others waited for the lock.
      if (remembered.has(memoryOf(current, code))) return true
      if (await verify(current.codeHash, code)) {
        if (remembered.size >= mostRemembered) remembered.clear()
        remembered.add(memoryOf(current, code))
        return true
      }
      const wrongAt = [...recent(current.wrongAt, clock.now()), clock.now()]
      await store.recordWrongCodes(tx, current.merchantId, current.id, wrongAt)
      log.warn({ merchantId: current.merchantId, passcodeId: current.id, lately: wrongAt.length }, 'wrong passcode')
      return false
    })

  return {
    async verify(merchantId, { phone, userId, code }) {
      const passcode = await store.findPasscode(db, merchantId, { phone, userId })
      if (!passcode) {
        // As slow as a wrong code: how long it takes must not tell which phones have a passcode.
        await verify(await stranger, code)
        throw new PasscodeInvalid()
      }
      const known = !isLocked(passcode) && remembered.has(memoryOf(passcode, code))
      if (!known && !(await judge(passcode, code))) throw new PasscodeInvalid()
      return passcode.id
    },
  }
}
