import { addMs, type Clock } from '../kernel/clock.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { InvalidRequest } from '../kernel/problem.ts'
import { type Pool, type Queryable } from '../platform/db/pool.ts'
import { type Card, type CardNetwork } from '../providers/provider.ts'
import { requireCards } from '../merchants/index.ts'
import { CardUnknown, InvalidCombination } from '../payment-methods/index.ts'
import { chooseCard, type CardChoice } from './model.ts'
import { findNamedCard, listUnboundCards, rememberCard, wasCardBoundLately } from './card-store.ts'

export interface PaymentAccountsContext {
  readonly db: Pool
  readonly clock: Clock
  /** Undefined where no card network is connected. */
  readonly cards?: CardNetwork | undefined
}

/** How long a card that was looked up waits for the account that binds it. */
const boundWithinMs = 30 * 60_000

/** The network that carries cards here. Throws where none does, or where this merchant may not take them. */
async function requireNetwork(
  { db, cards }: Pick<PaymentAccountsContext, 'db' | 'cards'>,
  merchantId: MerchantId,
): Promise<CardNetwork> {
  if (!cards) throw new InvalidCombination()
  await requireCards(db, merchantId)
  return cards
}

/** What a token stands for, remembered for this merchant until an account binds it. */
export async function lookUpCard(
  context: Pick<PaymentAccountsContext, 'db' | 'clock' | 'cards'>,
  merchantId: MerchantId,
  named: string,
): Promise<Card> {
  const network = await requireNetwork(context, merchantId)
  const card = await network.describeCard(named)
  const now = context.clock.now()
  if (!card || !(await rememberCard(context.db, merchantId, { ...card, named }, now))) throw new CardUnknown()
  return card
}

/** Before anything is locked: may this merchant take cards, and does the network know the one that is named? */
export async function prepareCard(
  context: PaymentAccountsContext,
  merchantId: MerchantId,
  named: string | undefined,
): Promise<void> {
  await requireNetwork(context, merchantId)
  const since = addMs(context.clock.now(), -boundWithinMs)
  if (named !== undefined && !(await findNamedCard(context.db, merchantId, named, since))) {
    await lookUpCard(context, merchantId, named)
  }
}

const fieldRequired = () =>
  new InvalidRequest({ field: 'payment_method_id', rule: 'missing', message: 'field required' })

/**
 * The card that a new account stands for, locked until it is bound: the one that is named, or else the one that can only be
 * meant. Two payers at once must never swap cards, so what is not certain is refused.
 */
export async function takeCard(
  tx: Queryable,
  merchantId: MerchantId,
  { accountName, named, now }: { readonly accountName: string; readonly named: string | undefined; readonly now: Date },
): Promise<CardChoice> {
  const since = addMs(now, -boundWithinMs)
  const card =
    named === undefined
      ? chooseCard(
          accountName,
          await listUnboundCards(tx, merchantId, since),
          await wasCardBoundLately(tx, merchantId, accountName, since),
        )
      : await findNamedCard(tx, merchantId, named, since)
  if (!card) throw fieldRequired()
  if (card.isUsed) {
    throw new InvalidRequest({ field: 'payment_method_id', rule: 'state', message: 'payment method was used already' })
  }
  return card
}
