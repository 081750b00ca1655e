import { OperatorError } from '../kernel/problem.ts'
import { type NotedSeal, verifyBooks } from '../books/index.ts'
import { type Commands, type Flags, optionalText, UsageError } from './command.ts'

/** What `books verify` printed once, as `POSITION:HASH`. */
function notedSeal(flags: Flags): NotedSeal | undefined {
  const text = optionalText(flags, 'expect')
  if (text === undefined) return undefined
  const [, position, hash] = /^([1-9]\d{0,17}):([0-9a-f]{64})$/.exec(text) ?? []
  if (position === undefined || hash === undefined) {
    throw new UsageError('--expect takes a seal as "books verify" prints it, POSITION:HASH.')
  }
  return { position: BigInt(position), hash }
}

export const booksCommands: Commands = {
  'books verify': {
    usage: '[--expect POSITION:HASH]',
    does: 'Recomputes the chain of seals and all balances, and names the first entry that is not as it was sealed.',
    run: async ({ db }, flags) => {
      const { sealed, unsealed, hash, finding } = await verifyBooks(db, notedSeal(flags))
      if (finding !== undefined) throw new OperatorError(`The books are not as they were: ${finding}.`)
      return { sealed: Number(sealed), unsealed: Number(unsealed), seal: `${sealed}:${hash}` }
    },
  },
}
