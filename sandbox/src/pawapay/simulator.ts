import type { AddressInfo } from 'node:net'
import { CallbackWorker } from '../callback-worker.ts'
import { type Deposit, DepositBook } from './deposits.ts'
import { type Announce, deliverCallback, type DepositFault, type Network, type SimulatorStep } from './network.ts'
import { createPawapayServer } from './server.ts'
import { depositCallback, type DepositView, depositView } from './wire.ts'

export interface PawapaySimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  apiToken: string
  /** Where the callbacks of deposits go. May be set later; callbacks wait until it is. */
  callbackUrl?: string
  /** How long the pretend payer takes. Default 2000. */
  payerDelayMs?: number
  /** Where the network keeps what it knows, to know it again after a restart. Without it, it forgets. */
  journalFile?: string
  /** Awaited at each step of a conversation, for tests that act between two of them. */
  onStep?: (step: SimulatorStep) => void | Promise<void>
}

export interface PawapaySimulator {
  readonly url: string
  setCallbackUrl(url: string): void
  /** Queues one fault for the next deposit request. */
  next(fault: DepositFault): void
  /** Everything the network knows of its deposits, oldest first, and how often each was asked for. */
  deposits(): readonly DepositView[]
  /** Delivers the callback of a final deposit again, now, whether or not it was acknowledged; resolves when answered. */
  deliverCallback(depositId: string, times?: number): Promise<void>
  close(): Promise<void>
}

const defaultPayerDelayMs = 2_000

export const startPawapaySimulator = async (options: PawapaySimulatorOptions): Promise<PawapaySimulator> => {
  if (options.apiToken === '') throw new Error('The simulator needs an API token.')
  const network = createNetwork(options)
  const server = createPawapayServer(network)
  const host = options.host ?? '127.0.0.1'

  const close = async (): Promise<void> => {
    network.callbacks.close()
    network.book.close()
    const closed = new Promise<void>((resolve) =>
      server.close(() => {
        resolve()
      }),
    )
    server.closeAllConnections()
    await closed
  }

  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(options.port ?? 0, host, resolve)
    })
  } catch (error) {
    await close()
    throw error
  }
  network.book.resume()
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${portOf(server.address())}`,
    setCallbackUrl: (url) => {
      network.callbacks.setUrl(url)
    },
    next: (fault) => {
      network.faults.push(fault)
    },
    deposits: () => Array.from(network.book.all(), depositView),
    deliverCallback: (depositId, times = 1) => deliverCallback(network, depositId, times),
    close,
  }
}

const createNetwork = (options: PawapaySimulatorOptions): Network => {
  const announce = announcer(options.onStep)
  const book = new DepositBook({
    journalFile: options.journalFile,
    payerDelayMs: options.payerDelayMs ?? defaultPayerDelayMs,
    onFinal: (deposit) => {
      callbacks.deliver(deposit)
    },
  })
  const callbacks = new CallbackWorker<Deposit>({
    bodyOf: (deposit) => JSON.stringify(depositCallback(deposit)),
    onSending: (deposit) => announce?.('callback.sending', deposit.terms.depositId),
    onAcknowledged: (deposit) => {
      book.recordCallback('callback.acknowledged', deposit)
      return announce?.('callback.acknowledged', deposit.terms.depositId)
    },
    onAbandoned: (deposit) => {
      book.recordCallback('callback.abandoned', deposit)
    },
  })
  if (options.callbackUrl !== undefined) callbacks.setUrl(options.callbackUrl)
  return { apiToken: options.apiToken, book, callbacks, faults: [], announce }
}

/** A listener that throws says something about the test, not about the network: it is reported and the network goes on. */
const announcer = (onStep: PawapaySimulatorOptions['onStep']): Announce => {
  if (onStep === undefined) return undefined
  return async (name, depositId) => {
    try {
      await onStep({ name, depositId })
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new Error('The simulator listens on no port.')
  return address.port
}
