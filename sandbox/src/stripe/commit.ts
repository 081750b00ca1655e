import { disputeCharge, settleLater } from './charges.ts'
import { type Book, Draft, type StoredResult } from './book.ts'
import { dispatch } from './delivery.ts'
import { finishProcessing } from './intents.ts'
import type { Network } from './network.ts'
import type { StripeObject } from './objects.ts'
import { failRefund, succeedRefund } from './refunds.ts'

type FollowUp = (draft: Draft) => void

/** What Stripe, a bank or a cardholder does of their own accord about an object as it is now. */
const followUpsOf = (book: Book, object: StripeObject): readonly FollowUp[] => {
  switch (object.object) {
    case 'payment_intent':
      return object.status === 'processing'
        ? [
            (draft) => {
              finishProcessing(draft, object)
            },
          ]
        : []
    case 'charge': {
      if (!object.captured) return []
      const disputed = book.cardOf(object.payment_method).isDisputed === true && !object.disputed
      if (object.balance_transaction === null)
        return [
          (draft) => {
            settleLater(draft, object)
          },
        ]
      return disputed
        ? [
            (draft) => {
              disputeCharge(draft, object)
            },
          ]
        : []
    }
    case 'refund': {
      const { refund } = book.cardOf(book.find('ch', object.charge)?.payment_method ?? '')
      if (object.status === 'pending')
        return [
          (draft) => {
            succeedRefund(draft, object)
          },
        ]
      const fails = refund === 'failing' && object.status === 'succeeded' && object.balance_transaction !== null
      return fails
        ? [
            (draft) => {
              failRefund(draft, object)
            },
          ]
        : []
    }
    case 'payment_method':
    case 'balance_transaction':
    case 'dispute':
      return []
  }
}

const current = (book: Book, object: StripeObject): StripeObject | undefined => {
  switch (object.object) {
    case 'payment_intent':
      return book.find('pi', object.id)
    case 'charge':
      return book.find('ch', object.id)
    case 'refund':
      return book.find('re', object.id)
    case 'payment_method':
    case 'balance_transaction':
    case 'dispute':
      return undefined
  }
}

/** Writes down what was done, tells the account's webhook of it, and lets later things follow. */
export const commit = (network: Network, draft: Draft, result?: StoredResult): void => {
  const news = network.book.commit(draft, result)
  for (const record of news) dispatch(network, record)
  scheduleFollowUps(network, draft.changes.put)
}

const followUp = (network: Network, object: StripeObject): void => {
  const now = current(network.book, object)
  for (const act of now === undefined ? [] : followUpsOf(network.book, now)) {
    const draft = new Draft(network.book)
    act(draft)
    commit(network, draft)
  }
}

/** Each is looked at again when its time has come: what was done in the meantime is not done twice. */
const scheduleFollowUps = (network: Network, objects: Iterable<StripeObject>): void => {
  for (const object of objects)
    if (followUpsOf(network.book, object).length > 0)
      network.timers.after(network.delayMs, () => {
        followUp(network, object)
      })
}

/** Takes up what the journal left unfinished. */
export const resume = (network: Network): void => {
  const { book } = network
  scheduleFollowUps(network, [...book.all('pi'), ...book.all('ch'), ...book.all('re')])
}
