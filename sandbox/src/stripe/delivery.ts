import type { EventRecord } from './book.ts'
import type { Network } from './network.ts'

/** How long the reverse of an order waits for more to reverse. */
const holdMs = 250

export const dispatch = (network: Network, record: EventRecord): void => {
  const { webhooks, worker, timers, book, dial } = network
  const hit = dial.strike(['duplicate-callback', 'lost-callback'], 'webhook', 'card')
  if (hit?.fault === 'lost-callback') {
    book.recordWebhook('abandoned', record)
    return
  }
  if (hit?.fault === 'duplicate-callback') void worker.deliverOnce(record)
  switch (webhooks.mode) {
    case 'lost':
      book.recordWebhook('abandoned', record)
      break
    case 'reversed':
      webhooks.held.push(record)
      if (webhooks.held.length === 1) timers.after(holdMs, () => void sendReversed(network))
      break
    case 'once':
    case 'twice':
      worker.deliver(record)
      break
  }
}

/** One at a time, as two on their way at once may overtake each other. What is not taken is tried again as ever. */
const sendReversed = async ({ webhooks, worker }: Network): Promise<void> => {
  for (const record of webhooks.held.splice(0).reverse())
    if (!(await worker.deliverOnce(record))) worker.deliver(record)
}

export const onAcknowledged = ({ book, webhooks, worker }: Network, record: EventRecord): void => {
  book.recordWebhook('acknowledged', record)
  const { id } = record.event
  if (webhooks.mode !== 'twice' || webhooks.repeated.has(id)) return
  webhooks.repeated.add(id)
  void worker.deliverOnce(record)
}
