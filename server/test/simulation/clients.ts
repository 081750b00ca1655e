import { addMs } from '../../src/kernel/clock.ts'
import { type Currency } from '../../src/kernel/currencies.ts'
import { type ExecutionId, type MerchantId, type SessionId, type WalletId } from '../../src/kernel/ids.ts'
import { money, type Money, moneyToNumber } from '../../src/kernel/money.ts'
import { Problem } from '../../src/kernel/problem.ts'
import { isDatabaseUnavailable } from '../../src/platform/db/availability.ts'
import { type Execution } from '../../src/executions/model.ts'
import { approverPhone, device, rightCode } from '../support/money-out.ts'
import { type Services } from './process.ts'
import { type Merchant, type Reply, type World } from './world.ts'

type Ask = (services: Services) => Promise<Execution>

/** A payment as a client asks for it, again and again the same; or nothing, when it has no session. */
export interface Errand {
  readonly merchantId: MerchantId
  readonly referenceId: string
  readonly ask: Ask
}

/** Anything but a refusal in our own words, and a database that is not there, is a mistake of ours. */
function judge(error: unknown): void {
  if (error instanceof Problem || isDatabaseUnavailable(error)) return
  throw error
}

/** What was answered, or nothing. */
function answerOf<Answer>(reply: Reply<Answer>): Answer | undefined {
  if (reply.kind === 'failed') judge(reply.error)
  return reply.kind === 'answered' ? reply.answer : undefined
}

/** How often a client sends again what it knows nothing of. */
const mostTries = 3

/** Sends the same until it is told how it stands, or has had enough. */
export async function pursue(world: World, { merchantId, referenceId, ask }: Errand): Promise<Execution | undefined> {
  const hear = (execution: Execution | undefined): Execution | undefined => {
    if (execution) world.told.push({ referenceId, executionId: execution.id, status: execution.status })
    return execution
  }
  for (let tries = 0; tries < mostTries; tries += 1) {
    const reply = await world.ask(ask)
    const execution = hear(answerOf(reply))
    const knows = execution !== undefined || (reply.kind === 'failed' && reply.error instanceof Problem)
    if (knows)
      return execution && (hear(answerOf(await world.ask((s) => s.status(merchantId, referenceId)))) ?? execution)
  }
  return undefined
}

type Prepare = (world: World, merchant: Merchant) => Promise<Errand | undefined>

const cents = (world: World, most: number, currency: Currency): Money =>
  money(BigInt(1 + world.chance.below(most)), currency)

async function sessionOf<S extends { readonly id: SessionId }>(
  world: World,
  open: (services: Services) => Promise<S>,
): Promise<SessionId | undefined> {
  return answerOf(await world.ask(open))?.id
}

export const prepareCollection: Prepare = async (world, { merchantId, payables }) => {
  const { chance } = world
  const payable = chance.pick(payables)
  if (!payable) return undefined
  const { paymentAccountId, sourceId, total } = payable
  const sessionId = await sessionOf(world, ({ sessions }) => sessions.openCheckout(merchantId, 'INVOICE', sourceId))
  if (!sessionId) return undefined
  const currency = total.currency === 'USD' && chance.is(0.3) ? 'LRD' : total.currency
  const referenceId = world.mintReference()
  const request = { merchantId, referenceId, sessionId, paymentAccountId, currency }
  return { merchantId, referenceId, ask: ({ collect }) => collect(request, { sessionId, paymentAccountId }) }
}

export const preparePayout: Prepare = async (world, { merchantId, payoutAccountId, walletAccountId }) => {
  const account = world.chance.is(0.8) ? payoutAccountId : walletAccountId
  const currency = world.chance.pick<Currency>(['USD', 'LRD'])
  const amount = moneyToNumber(cents(world, currency === 'USD' ? 20_000 : 1_500_000, currency))
  const terms = { payoutAccountId: account, amount, currency }
  const sessionId = await sessionOf(world, ({ sessions }) => sessions.openPayout(merchantId, terms))
  if (!sessionId) return undefined
  const referenceId = world.mintReference()
  const sent = { sessionId, payoutAccountId: account }
  const approval = { phone: approverPhone, userId: undefined, code: rightCode, device }
  return {
    merchantId,
    referenceId,
    ask: ({ payOut }) => payOut({ merchantId, referenceId, sessionId, sent, approval }),
  }
}

const anHourFrom = (world: World): Date => addMs(world.clock.now(), 60 * 60_000)

export const prepareTransfer: Prepare = async (world, { merchantId, counterpartyId, wallets }) => {
  const wallet = world.chance.pick(wallets)
  if (!wallet) return undefined
  const { currency } = wallet
  const terms = {
    walletId: wallet.id as WalletId,
    counterpartyId,
    amount: moneyToNumber(cents(world, currency === 'USD' ? 20_000 : 1_500_000, currency)),
    currency,
    expiresAt: anHourFrom(world),
  }
  const sessionId = await sessionOf(world, ({ sessions }) => sessions.openTransfer(merchantId, terms))
  if (!sessionId) return undefined
  const referenceId = world.mintReference()
  const sent = { sessionId }
  return { merchantId, referenceId, ask: ({ transfer }) => transfer({ merchantId, referenceId, sessionId, sent }) }
}

/** What a merchant looks up in its own books. */
function lookUp<Row extends Record<string, unknown>>(
  world: World,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    world.scheduler.park({
      owner: 'client',
      label: `reads ${JSON.stringify(values)}`,
      isBlocked: () => world.database.holder !== undefined,
      effect: async () => {
        const rows = world.db.query<Row>({ text, values: [...values] }).then((result) => result.rows)
        const read = await rows.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
        return () => {
          if (read instanceof Error) reject(read)
          else resolve(read)
        }
      },
    })
  })
}

export const prepareRefund: Prepare = async (world, { merchantId }) => {
  const paid = await lookUp<{ id: string; payer_minor: string; payer_currency: Currency }>(
    world,
    `select id, payer_minor, payer_currency
     from executions
     where merchant_id = $1 and operation = 'COLLECTION' and status = 'COMPLETED'
     order by id`,
    [merchantId],
  )
  const collection = world.chance.pick(paid)
  if (!collection) return undefined
  const whole = Number(collection.payer_minor)
  const amount = world.chance.is(0.6)
    ? money(BigInt(whole), collection.payer_currency)
    : cents(world, whole, collection.payer_currency)
  const terms = {
    collectionId: collection.id as ExecutionId,
    amount: moneyToNumber(amount),
    expiresAt: anHourFrom(world),
    reason: undefined,
  }
  const sessionId = await sessionOf(world, ({ sessions }) => sessions.openRefund(merchantId, terms))
  if (!sessionId) return undefined
  const referenceId = world.mintReference()
  const sent = { sessionId }
  return { merchantId, referenceId, ask: ({ refund }) => refund({ merchantId, referenceId, sessionId, sent }) }
}

const preparations = [
  prepareCollection,
  prepareCollection,
  prepareCollection,
  preparePayout,
  prepareTransfer,
  prepareRefund,
  prepareRefund,
] as const

/** One payment of a merchant: mostly asked for once, sometimes by two at once who mean the same. */
export async function anyErrand(world: World): Promise<void> {
  const { chance } = world
  const prepare = chance.pick(preparations)
  const merchant = chance.pick(world.merchants)
  if (!merchant) return
  const carryOut = async (): Promise<void> => {
    const errand = await prepare(world, merchant)
    const twice = chance.is(0.25)
    if (errand) await Promise.all([pursue(world, errand), ...(twice ? [pursue(world, errand)] : [])])
  }
  // Two who give back the same payment, neither of whom knows of the other.
  const rivals = prepare === prepareRefund && chance.is(0.6)
  await Promise.all([carryOut(), ...(rivals ? [carryOut()] : [])])
}
