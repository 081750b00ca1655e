import { randomUUID } from 'node:crypto'
import { type Api, ok } from './api-client.ts'
import { aCounterparty, aParty, type Execution, pay } from './builders.ts'

type Fields = Readonly<Record<string, unknown>>

/** An expiry that is ahead for as long as anyone runs these tests. */
export const later = '2099-01-01T00:00:00Z'

/** What a sandbox's merchant approves payouts with. */
export const sandboxPasscode = {
  token: { phone: '231770000000', code: '123456' },
  device: {
    name: 'Payout Server',
    type: 'SERVER',
    platform: 'NODE',
    user_agent: 'payouts/1.0',
    client_ip: '203.0.113.10',
  },
}

const idOf = async (made: Promise<{ readonly status: number; readonly body: unknown; readonly headers: Headers }>) =>
  ((await ok(made)) as { id: number }).id

/** Somebody to pay. The number decides what becomes of it: `...089` is not found, `...129` never ends. */
export const aPayoutAccount = async (api: Api, differences: Fields = {}): Promise<number> =>
  idOf(
    api.post(
      '/payment-accounts/create',
      {
        account_name: 'Supplier',
        provider: 'PAWAPAY',
        method: 'MTN_MOMO_LBR',
        party_id: await aParty(api),
        insensitive_account_number: '231880000001',
        ...differences,
      },
      { operation_type: 'PAYOUT' },
    ),
  )

export interface PayoutSession {
  readonly id: number
  readonly wallet_id: number
  readonly payout_account_id: number
}

export const aPayoutSession = async (api: Api, accountId: number, amount = 100, currency = 'USD') =>
  (await ok(api.post('/sessions/payout', { payout_account_id: accountId, amount, currency }))) as PayoutSession

/** A request that takes money out, ready to be sent, and where its state can be asked for. */
export interface MoneyOut {
  readonly path: string
  readonly statusPath: string
  readonly body: Fields & { readonly reference_id: string }
}

const request = (operation: 'payout' | 'transfer' | 'refund', body: Fields): MoneyOut => {
  const reference_id = randomUUID()
  return {
    path: `/executions/${operation}`,
    statusPath: `/status/${operation}/${reference_id}`,
    body: { ...body, reference_id },
  }
}

export async function aPayout(api: Api, { phone = '231880000001', amount = 100 } = {}): Promise<MoneyOut> {
  const accountId = await aPayoutAccount(api, { insensitive_account_number: phone })
  const session = await aPayoutSession(api, accountId, amount)
  return request('payout', {
    session_id: String(session.id),
    payout_account_id: String(accountId),
    passcode: sandboxPasscode,
  })
}

/** The wallet a merchant pays from, as its API client finds it. */
export async function walletIn(api: Api, currency = 'USD') {
  const wallets = (await ok(api.get('/wallets/list'))) as readonly {
    readonly id: number
    readonly currency: string
    readonly status: string
    readonly available: number
    readonly held: number
  }[]
  const wallet = wallets.find((each) => each.currency === currency)
  if (!wallet) throw new Error(`no wallet in ${currency}`)
  return wallet
}

export async function aTransfer(api: Api, amount = 100): Promise<MoneyOut> {
  const terms = {
    from_wallet_id: (await walletIn(api)).id,
    to_counterparty_id: await aCounterparty(api),
    amount,
    currency: 'USD',
    expires_at: later,
  }
  return request('transfer', { session_id: String(await idOf(api.post('/sessions/transfer', terms))) })
}

/** Gives back all or part of a collection just paid by this number. */
export async function aRefund(
  api: Api,
  { phone = '231880000001', amount = 40, collection }: { phone?: string; amount?: number; collection?: Execution } = {},
): Promise<MoneyOut> {
  const { payment_intent_id } = collection ?? (await pay(api, { phone })).execution
  const terms = { original_payment_intent_id: payment_intent_id, amount, expires_at: later, reason: 'Returned' }
  return request('refund', { session_id: String(await idOf(api.post('/sessions/refund', terms))) })
}
