import { parseArgs } from 'node:util'
import { type Clock } from '../kernel/clock.ts'
import { merchantTypes } from '../kernel/enums.ts'
import { type MerchantId, readId } from '../kernel/ids.ts'
import { formatMoney } from '../kernel/money.ts'
import { type Pool } from '../platform/db/pool.ts'
import { listWalletBalances } from '../ledger/index.ts'
import * as merchants from '../merchants/index.ts'

/** A command line that asks for nothing we do. */
export class UsageError extends Error {}

export interface AdminContext {
  readonly db: Pool
  readonly clock: Clock
}

type Cell = string | number | boolean | null

/** What a command answers: one record, or a list of them. Printed as a table or as JSON. */
export type Answer = Readonly<Record<string, Cell>> | readonly Readonly<Record<string, Cell>>[]

type Flags = Readonly<Record<string, string | boolean | undefined>>

interface Command {
  readonly usage: string
  readonly does: string
  readonly run: (context: AdminContext, flags: Flags) => Promise<Answer>
}

const time = (date: Date | undefined): string | null => date?.toISOString() ?? null

const showMerchant = (merchant: merchants.Merchant) => ({
  id: Number(merchant.id),
  name: merchant.name,
  type: merchant.type,
  email: merchant.email ?? null,
  phone: merchant.phone ?? null,
  verified: merchant.verifiedAt !== undefined,
  created_at: time(merchant.createdAt),
})

const showKey = (key: merchants.ApiKey) => ({
  client_id: key.clientId,
  merchant_id: Number(key.merchantId),
  created_at: time(key.createdAt),
  rotated_at: time(key.rotatedAt),
  revoked_at: time(key.revokedAt),
})

/** The only time a secret is shown. */
const showIssued = (key: merchants.IssuedKey) => ({
  client_id: key.clientId,
  client_secret: key.clientSecret,
  merchant_id: Number(key.merchantId),
  created_at: time(key.createdAt),
})

function requiredText(flags: Flags, name: string): string {
  const value = flags[name]
  if (typeof value !== 'string' || value.trim() === '') throw new UsageError(`--${name} is required.`)
  return value
}

const optionalText = (flags: Flags, name: string): string | undefined =>
  flags[name] === undefined ? undefined : requiredText(flags, name)

function merchantId(flags: Flags): MerchantId {
  const text = requiredText(flags, 'merchant')
  const id = readId<MerchantId>(text)
  if (!id) throw new UsageError(`--merchant takes a merchant's id, not "${text}".`)
  return id
}

const optionalMerchantId = (flags: Flags): MerchantId | undefined =>
  flags['merchant'] === undefined ? undefined : merchantId(flags)

const commands: Readonly<Record<string, Command>> = {
  'merchants create': {
    usage: '--name NAME --type ORGANIZATION|MICRO_ORGANIZATION [--verified] [--email EMAIL] [--phone PHONE]',
    does: 'Creates a merchant. Only a verified one is issued keys.',
    run: async (context, flags) => {
      const type = merchantTypes.find((each) => each === requiredText(flags, 'type'))
      if (!type) throw new UsageError(`--type must be one of ${merchantTypes.join(', ')}.`)
      const phone = optionalText(flags, 'phone')
      if (phone !== undefined && !/^[1-9]\d{7,14}$/.test(phone)) {
        throw new UsageError('--phone takes digits with country code, without a plus sign: 231770000000.')
      }
      return showMerchant(
        await merchants.createMerchant(context, {
          name: requiredText(flags, 'name'),
          type,
          email: optionalText(flags, 'email'),
          phone,
          verified: flags['verified'] === true,
        }),
      )
    },
  },
  'merchants verify': {
    usage: '--merchant ID',
    does: "Records that a merchant's identity was approved.",
    run: async (context, flags) => showMerchant(await merchants.verifyMerchant(context, merchantId(flags))),
  },
  'merchants list': {
    usage: '',
    does: 'Lists all merchants.',
    run: async (context) => (await merchants.listMerchants(context)).map(showMerchant),
  },
  'keys issue': {
    usage: '--merchant ID',
    does: 'Issues an API key. Its secret is shown this once.',
    run: async (context, flags) => showIssued(await merchants.issueKey(context, merchantId(flags))),
  },
  'keys rotate': {
    usage: '--client-id CLIENT_ID',
    does: 'Gives a key a new secret, shown this once. The old secret stops at once; tokens live until they expire.',
    run: async (context, flags) => showIssued(await merchants.rotateKey(context, requiredText(flags, 'client-id'))),
  },
  'keys revoke': {
    usage: '--client-id CLIENT_ID',
    does: 'Ends a key and every token it obtained, within five seconds.',
    run: async (context, flags) => showKey(await merchants.revokeKey(context, requiredText(flags, 'client-id'))),
  },
  'keys list': {
    usage: '[--merchant ID]',
    does: 'Lists keys, never their secrets.',
    run: async (context, flags) => (await merchants.listKeys(context, optionalMerchantId(flags))).map(showKey),
  },
  'wallets list': {
    usage: '[--merchant ID]',
    does: 'Lists wallet balances from the ledger.',
    run: async ({ db }, flags) =>
      (await listWalletBalances(db, optionalMerchantId(flags))).map((wallet) => ({
        merchant_id: Number(wallet.merchantId),
        currency: wallet.balance.currency,
        balance: formatMoney(wallet.balance),
      })),
  },
}

export const usage = [
  'Usage: npm run --silent admin -- COMMAND [OPTIONS] [--json]',
  '',
  ...Object.entries(commands).flatMap(([name, { usage: options, does }]) => [
    `  ${`${name} ${options}`.trim()}`,
    `      ${does}`,
  ]),
  '',
  'Works on the database of DATABASE_URL, or on the one below DOLLR_DATA_DIR, whether the server runs or not.',
].join('\n')

export interface Invocation {
  readonly json: boolean
  readonly run: (context: AdminContext) => Promise<Answer>
}

/** Reads a command line. Throws `UsageError` for one that cannot be run, before any database is touched. */
export function parseCommand(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args)
  const name = positionals.join(' ')
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!command) throw new UsageError(name === '' ? 'Name a command.' : `There is no command "${name}".`)
  // What a command takes is what its usage says.
  const foreign = Object.keys(values).find((flag) => flag !== 'json' && !command.usage.includes(`--${flag}`))
  if (foreign !== undefined) throw new UsageError(`"${name}" takes no --${foreign}.`)
  return { json: values['json'] === true, run: (context) => command.run(context, values) }
}

function parse(args: readonly string[]): { values: Flags; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        type: { type: 'string' },
        email: { type: 'string' },
        phone: { type: 'string' },
        merchant: { type: 'string' },
        'client-id': { type: 'string' },
        verified: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** For people: a record as `key  value` lines, a list as a table. */
export function formatAnswer(answer: Answer): string {
  const text = (value: Cell | undefined): string => (value === null || value === undefined ? '-' : String(value))
  const columns = (rows: readonly (readonly string[])[]): string => {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
    return rows
      .map((row) =>
        row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd(),
      )
      .join('\n')
  }
  if (!isList(answer)) return columns(Object.entries(answer).map(([key, value]) => [key, text(value)]))
  const keys = Object.keys(answer[0] ?? {})
  return answer.length === 0 ? 'None.' : columns([keys, ...answer.map((row) => keys.map((key) => text(row[key])))])
}

const isList = (answer: Answer): answer is readonly Readonly<Record<string, Cell>>[] => Array.isArray(answer)
