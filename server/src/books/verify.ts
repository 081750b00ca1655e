import { allowTime, type Pool, withTx } from '../platform/db/pool.ts'
import { type BookedEntry, genesis, hashOf, type Seal } from './model.ts'
import { countEntriesAfter, findBrokenRule, findUnsealed, listSeals } from './store.ts'

const sealsPerRead = 1_000

/** A seal that somebody noted elsewhere, out of reach of whoever could rewrite this database. */
export interface NotedSeal {
  readonly position: bigint
  readonly hash: string
}

export interface Verification {
  readonly sealed: bigint
  /** Entries too young to have a seal: proved by the ledger's own rules alone. */
  readonly unsealed: bigint
  /** The last seal's hash: to be noted elsewhere. */
  readonly hash: string
  /** The first thing that is not as it was sealed; undefined when all is well. */
  readonly finding: string | undefined
}

interface Walked {
  readonly position: bigint
  readonly entryId: string
  readonly hash: Buffer
}

/** Walks the chain from the first entry, and computes all of it again. */
export async function verifyBooks(db: Pool, noted?: NotedSeal): Promise<Verification> {
  let walked: Walked = { position: 0n, entryId: '0', hash: genesis }
  let finding: string | undefined
  for (let more = true; more && finding === undefined;) {
    const seals = await listSeals(db, { after: walked.position, most: sealsPerRead })
    ;({ walked, finding } = await walk(db, walked, seals, noted))
    more = seals.length === sealsPerRead
  }
  if (finding === undefined && noted && noted.position > walked.position) {
    finding = `seal ${noted.position} is gone: the chain ends with seal ${walked.position}`
  }
  finding ??= await withTx(db, async (tx) => {
    await allowTime(tx)
    return findBrokenRule(tx)
  })
  return {
    sealed: walked.position,
    unsealed: await countEntriesAfter(db, walked.entryId),
    hash: walked.hash.toString('hex'),
    finding,
  }
}

type Sealed = Awaited<ReturnType<typeof listSeals>>[number]

async function walk(
  db: Pool,
  from: Walked,
  seals: readonly Sealed[],
  noted: NotedSeal | undefined,
): Promise<{ readonly walked: Walked; readonly finding: string | undefined }> {
  let walked = from
  let finding: string | undefined
  let wrong: Seal | undefined
  for (const { seal, entry } of seals) {
    finding = whatIsWrong(walked, seal, entry, noted)
    if (finding !== undefined) {
      wrong = seal
      break
    }
    walked = { position: seal.position, entryId: seal.entryId, hash: seal.hash }
  }
  // An entry between two seals was decided when the later one was made, and yet is not sealed.
  const upTo = wrong && BigInt(wrong.entryId) > BigInt(walked.entryId) ? wrong.entryId : walked.entryId
  const unsealed = await findUnsealed(db, { after: from.entryId, upTo })
  return { walked, finding: unsealed === undefined ? finding : `entry ${unsealed} has no seal, and later ones do` }
}

function whatIsWrong(
  previous: Walked,
  seal: Seal,
  entry: BookedEntry | undefined,
  noted: NotedSeal | undefined,
): string | undefined {
  if (seal.position !== previous.position + 1n) {
    return `seal ${previous.position + 1n}, after that of entry ${previous.entryId}, is gone`
  }
  if (!entry) return `entry ${seal.entryId} is gone: seal ${seal.position} names it`
  if (!hashOf(previous.hash, entry).equals(seal.hash)) {
    return `entry ${seal.entryId}, its postings, their accounts or its seal ${seal.position} were changed`
  }
  if (BigInt(seal.entryId) <= BigInt(previous.entryId)) return `entry ${seal.entryId} is sealed out of order`
  if (noted?.position === seal.position && noted.hash !== seal.hash.toString('hex')) {
    return `entry ${seal.entryId} or one before it is another than when seal ${seal.position} was noted`
  }
  return undefined
}
