import { isCurrency } from '../kernel/currencies.ts'
import { OperatorError } from '../kernel/problem.ts'
import { type ReadLine, type StatementFile, type StatementLine } from './model.ts'
import { readAmount, readRecords, readTime, type Row, unreadable } from './statement-file.ts'

/**
 * What pawaPay calls its columns, without case, spaces and punctuation. Its documentation lists "Creation Date", "MSISDN",
 * "Transaction ID", "Amount", "Currency", "Country", "MNO" and "Type" as what a statement holds, and shows no file: a
 * heading that turns out to read otherwise is one more word here. The first that a file has counts.
 */
const headings = {
  at: ['creationdate', 'created', 'date'],
  reference: ['transactionid', 'depositid', 'payoutid', 'refundid', 'id'],
  amount: ['amount', 'transactionamount'],
  currency: ['currency'],
  type: ['type', 'transactiontype'],
} as const
const optionalHeadings = { fee: ['fee', 'transactionfee'] } as const

type Field = keyof typeof headings | keyof typeof optionalHeadings

const kinds: Readonly<Record<string, StatementLine['kind']>> = {
  deposit: 'deposit',
  payout: 'payout',
  refund: 'refund',
}

const word = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Names each column by the field it holds; those that nobody needs by false. */
function columnsOf(header: readonly string[]): (Field | false)[] {
  const written = header.map(word)
  const fields = new Map<number, Field>()
  for (const [field, names] of Object.entries({ ...headings, ...optionalHeadings })) {
    const position = names.map((name) => written.indexOf(name)).find((each) => each >= 0)
    if (position !== undefined) fields.set(position, field as Field)
    else if (Object.hasOwn(headings, field)) {
      throw new OperatorError(
        `The statement has no column for the ${field}: none of its headings (${header.join(', ')}) is one of ${names.join(', ')}.`,
      )
    }
  }
  return header.map((_, position) => fields.get(position) ?? false)
}

/** Reads a wallet statement as its dashboard and its API export it, a line at a time. */
export async function* readPawapayStatement(file: StatementFile): AsyncGenerator<ReadLine> {
  for await (const { row, line } of readRecords(file, columnsOf)) yield readRow(row, line)
}

function readRow(row: Row<Field>, line: number): ReadLine {
  const { type = '', currency = '', reference = '' } = row
  const kind = kinds[word(type)]
  // Fees, withdrawals, top-ups, adjustments: the provider's affair with the platform, and no execution's.
  if (!kind) return { ignored: type === '' ? 'no type' : type }
  if (!isCurrency(currency)) return { ignored: `${type} in ${currency}` }
  if (reference === '') throw unreadable(line, 'transaction id', reference)
  const amount = readAmount(row.amount, currency)
  if (!amount || amount.minor === 0n) throw unreadable(line, 'amount', row.amount)
  const at = readTime(row.at ?? '')
  if (!at) throw unreadable(line, 'date', row.at)
  const fee = row.fee === undefined || row.fee === '' ? undefined : readAmount(row.fee, currency)
  return { provider: 'PAWAPAY', kind, reference: reference.toLowerCase(), amount, fee, at }
}
