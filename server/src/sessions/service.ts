import { addMs, type Clock } from '../kernel/clock.ts'
import { type SourceKind } from '../kernel/enums.ts'
import { type MerchantId, type SessionId, type SourceId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { grouped } from '../platform/db/grouped.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type CheckoutSessionDraft, type CheckoutSessionVerdict, insertCheckoutSessions } from './store.ts'

/** The right to pay a document until a time. */
export interface CheckoutSession {
  readonly id: SessionId
  readonly kind: SourceKind
  readonly sourceId: SourceId
  readonly expiresAt: Date
  readonly createdAt: Date
}

export interface Sessions {
  openCheckout(merchantId: MerchantId, kind: SourceKind, sourceId: SourceId | undefined): Promise<CheckoutSession>
}

const checkoutLifetimeMs = 30 * 60_000

const sourceProblem = (verdict: 'source_not_found' | 'source_not_active') =>
  verdict === 'source_not_found'
    ? new InvalidRequest({ field: 'source_id', rule: 'not_found', message: 'source not found' })
    : new InvalidRequest({ field: 'source_id', rule: 'state', message: 'source is not ACTIVE' })

export function createSessions(db: Pool, clock: Clock): Sessions {
  const insert = grouped<CheckoutSessionDraft, CheckoutSessionVerdict>(
    (drafts) => insertCheckoutSessions(db, drafts, clock.now()),
    {
      most: 50,
      writers: 1,
    },
  )
  return {
    async openCheckout(merchantId, kind, sourceId) {
      if (sourceId === undefined) throw sourceProblem('source_not_found')
      const now = clock.now()
      const expiresAt = addMs(now, checkoutLifetimeMs)
      const verdict = await insert({ merchantId, kind, sourceId, expiresAt })
      if (verdict.kind !== 'created') throw sourceProblem(verdict.kind)
      return { id: verdict.id, kind, sourceId, expiresAt, createdAt: now }
    },
  }
}
