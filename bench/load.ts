import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { call, type Connection, openConnection } from './http.ts'
import { type Payable } from './seed.ts'

/** A collection the server acknowledged. */
export interface Payment {
  readonly reference: string
  readonly token: string
  readonly payeeMinor: bigint
  /** How long the execution took to be answered. */
  readonly executeMs: number
}

export interface Load {
  readonly address: string
  readonly seconds: number
}

/** How a payer pays: a session, then its execution. What the provider says later is the server's to collect. */
async function pay(connection: Connection, { token, sourceId, paymentAccountId }: Payable): Promise<Payment> {
  const session = await call(connection, {
    method: 'POST',
    path: '/v1/sessions/checkout',
    token,
    body: { source_id: sourceId, source_type: 'INVOICE' },
  })
  const reference = randomUUID()
  const askedAt = performance.now()
  const execution = await call(connection, {
    method: 'POST',
    path: '/v1/executions/collection',
    token,
    body: {
      session_id: String(session['id']),
      payment_account_id: paymentAccountId,
      currency: 'USD',
      reference_id: reference,
    },
  })
  const executeMs = performance.now() - askedAt
  if (execution['status'] === 'FAILED') throw new Error(`the execution failed: ${JSON.stringify(execution)}`)
  return { reference, token, payeeMinor: BigInt(Math.round(Number(execution['payee_amount']) * 100)), executeMs }
}

/** Payers who each pay one invoice after another. Ends early when there is nothing left to pay. */
export async function payInTurn(
  { address, seconds }: Load,
  payables: readonly Payable[],
  payers: number,
): Promise<Payment[]> {
  const deadline = performance.now() + seconds * 1000
  const queue = payables.values()
  const payments: Payment[] = []
  const payer = async (): Promise<void> => {
    const connection = openConnection(address)
    for (const payable of queue) {
      payments.push(await pay(connection, payable))
      if (performance.now() > deadline) break
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: payers }, payer))
  return payments
}

/** Payers who come at a steady rate, whether or not those before them have been served. */
export async function payAtRate(
  { address, seconds }: Load,
  payables: readonly Payable[],
  perSecond: number,
): Promise<Payment[]> {
  const free: Connection[] = []
  const underWay: Promise<Payment>[] = []
  const payer = async (payable: Payable): Promise<Payment> => {
    const connection = free.pop() ?? openConnection(address)
    const payment = await pay(connection, payable)
    free.push(connection)
    return payment
  }
  const startedAt = performance.now()
  const total = Math.min(payables.length, Math.floor(perSecond * seconds))
  while (underWay.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * perSecond))
    for (const payable of payables.slice(underWay.length, due)) {
      const payment = payer(payable)
      // Who fails before all have set out is heard below.
      payment.catch(() => undefined)
      underWay.push(payment)
    }
    await sleep(1)
  }
  const payments = await Promise.all(underWay)
  for (const connection of free) connection.close()
  return payments
}

/** Readers who ask for the status of one payment after another. Answers how many they read in a second. */
export async function readStatuses(
  { address, seconds }: Load,
  payments: readonly Payment[],
  readers: number,
): Promise<number> {
  const startedAt = performance.now()
  const deadline = startedAt + seconds * 1000
  let reads = 0
  const reader = async (_: unknown, first: number): Promise<void> => {
    const connection = openConnection(address)
    for (let next = first; performance.now() < deadline; next += readers) {
      const payment = payments[next % payments.length]
      if (!payment) throw new Error('nothing to read')
      const { reference, token } = payment
      const answer = await call(connection, { method: 'GET', path: `/v1/status/collection/${reference}`, token })
      if (answer['status'] !== 'COMPLETED') throw new Error(`${reference} is ${String(answer['status'])}`)
      reads += 1
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: readers }, reader))
  return reads / ((performance.now() - startedAt) / 1000)
}
