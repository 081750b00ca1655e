import { platform } from 'node:process'
import { sandboxDefaults, sandboxPhone } from '@dollr/server/settings'
import { type Execution } from '@dollr/sdk'
import { type Context } from '../context.ts'
import { CommandFailed, exitCodes } from '../exit.ts'
import { writeMoney } from './money.ts'

export interface PayoutOrder {
  /** The phone that is paid. */
  readonly to: string
  readonly amount: number
  readonly currency: string
  readonly name: string
}

interface Passcode {
  readonly phone: string
  readonly code: string
}

type Environment = Readonly<Record<string, string | undefined>>

/** The merchant's approval: never on a command line, and known to everybody in a sandbox. */
export function readPasscode(env: Environment, areSandbox: boolean): Passcode {
  const [phone, code] = [env['DOLLR_PASSCODE_PHONE'], env['DOLLR_PASSCODE']]
  if (phone !== undefined && code !== undefined) return { phone, code }
  if (areSandbox) return { phone: phone ?? sandboxPhone, code: code ?? sandboxDefaults.passcode }
  throw new CommandFailed(
    'A payout takes a passcode: set DOLLR_PASSCODE and the phone it belongs to, DOLLR_PASSCODE_PHONE.',
    exitCodes.usage,
  )
}

const device = {
  name: 'dollr on the command line',
  type: 'SERVER',
  platform,
  user_agent: 'dollr-cli',
  client_ip: '127.0.0.1',
}

/** Pays a phone out of the merchant's wallet. Under which reference is told before anything is sent. */
export async function payOut(context: Context, order: PayoutOrder, passcode: Passcode): Promise<Execution> {
  const { dollr, terminal, interrupted } = context
  const { to, amount, currency, name } = order
  const {
    payment_method: method,
    gateway_provider: provider,
    country,
  } = await dollr.predictions.mmoProviderInfo({
    phone: to,
    operation_type: 'PAYOUT',
  })
  const party = await dollr.parties.create({ fullname: name, phone: to, country_code: country })
  const account = await dollr.paymentAccounts.create({
    operation_type: 'PAYOUT',
    account_name: name,
    party_id: party.id,
    provider,
    method,
    insensitive_account_number: to,
  })
  terminal.progress(`Paying ${writeMoney(amount, currency)} to ${to} (${method}).`)
  return dollr.payout({
    account: account.id,
    amount,
    currency,
    passcode: { token: passcode, device },
    signal: interrupted,
  })
}
