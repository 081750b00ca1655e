import { createHash } from 'node:crypto'

/** One line of an entry, with the account as it stands: whose money it moves is part of what is sealed. */
export interface BookedLine {
  readonly line: string
  readonly account_id: string
  readonly kind: string | null
  readonly owner_id: string | null
  readonly party_id: string | null
  readonly provider: string | null
  readonly account_currency: string | null
  readonly side: string
  readonly amount_minor: string
  readonly currency: string
}

/** An entry with all its lines. Everything is text: what is hashed must not depend on how a number is read. */
export interface BookedEntry {
  readonly id: string
  readonly merchantId: string
  readonly executionId: string | null
  readonly reason: string
  /** UTC, to the microsecond: `2025-06-01T12:00:00.000000Z`. */
  readonly postedAt: string
  readonly lines: readonly BookedLine[]
}

export interface Seal {
  readonly position: bigint
  readonly entryId: string
  readonly merchantId: string
  readonly hash: Buffer
}

/** What the first seal has for a predecessor. */
export const genesis = Buffer.alloc(32)

/**
 * The one way to write an entry down: a JSON array of texts and nulls for the entry, one for each line in their order,
 * each array on a line of its own. JSON, because it leaves no doubt where a field ends. Never to be changed: every hash
 * there is would be wrong.
 */
export function canonicalText(entry: BookedEntry): string {
  const head = ['entry', entry.id, entry.merchantId, entry.executionId, entry.reason, entry.postedAt]
  const lines = entry.lines.map((line) => [
    ...['line', line.line, line.side, line.amount_minor, line.currency],
    ...[line.account_id, line.kind, line.owner_id, line.party_id, line.provider, line.account_currency],
  ])
  return [head, ...lines].map((fields) => `${JSON.stringify(fields)}\n`).join('')
}

export const hashOf = (previous: Buffer, entry: BookedEntry): Buffer =>
  createHash('sha256').update(previous).update(canonicalText(entry), 'utf8').digest()

/** The seals that follow `last`, one for each of these entries. */
export function sealAfter(last: Seal | undefined, entries: readonly BookedEntry[]): Seal[] {
  let { position, hash } = last ?? { position: 0n, hash: genesis }
  return entries.map((entry) => {
    position += 1n
    hash = hashOf(hash, entry)
    return { position, entryId: entry.id, merchantId: entry.merchantId, hash }
  })
}
