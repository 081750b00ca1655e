import { OperatorError } from '../kernel/problem.ts'
import { bookFormats, exportBooks, type NotedSeal, verifyBooks } from '../books/index.ts'
import { type Commands, currency, type Flags, oneOf, optionalText, optionalTime, UsageError } from './command.ts'

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
  'books export': {
    usage: '--format hledger|beancount [--currency CURRENCY] [--from TIME] [--to TIME]',
    does: 'Writes the ledger as plain-text accounting: what was booked from a time on, and before another.',
    run: async ({ db, write }, flags) => {
      const wanted = {
        format: oneOf(flags, 'format', bookFormats),
        currency: flags['currency'] === undefined ? undefined : currency(flags, 'currency'),
        from: optionalTime(flags, 'from'),
        to: optionalTime(flags, 'to'),
      }
      await exportBooks(db, wanted, write)
      return undefined
    },
  },
}
