import type { AddressInfo } from 'node:net'
import { type CallbackSource, CallbackWorker, pawapayCallbackPolicy } from '../callback-worker.ts'
import { SandboxClock } from '../clock.ts'
import { Dial } from '../dial.ts'
import { setProviderStatus, setWalletBalance, viewsOf } from './control.ts'
import {
  type Announce,
  callBack,
  deliverCallback,
  type Network,
  type PaymentFault,
  settle,
  type SimulatorStep,
} from './network.ts'
import type { ProviderSwitch } from './operations.ts'
import { keyOf, type Payment, PaymentBook } from './payments.ts'
import { createPawapayServer } from './server.ts'
import { createSignatures, rotateKey, type SignatureFault, type SignatureOptions, signCallback } from './signatures.ts'
import type { WalletBalance } from './wallets.ts'
import { callbackBody, type PaymentView } from './wire.ts'

export interface PawapaySimulatorOptions {
  /** Default 127.0.0.1. */
  host?: string
  /** Default 0: any free port. */
  port?: number
  apiToken: string
  /** Where callbacks go. May be set later; callbacks wait until it is. */
  callbackUrl?: string
  /** How long the pretend payer, or the provider that pays out, takes. Default 2000. */
  payerDelayMs?: number
  /** Where the network keeps what it knows, to know it again after a restart. Without it, it forgets. */
  journalFile?: string
  /** How the account is set up: signed callbacks, signed requests, neither by default. */
  signatures?: SignatureOptions
  /** Awaited at each step of a conversation, for tests that act between two of them. */
  onStep?: (step: SimulatorStep) => void | Promise<void>
}

export interface PawapaySimulator {
  readonly url: string
  setCallbackUrl(url: string): void
  /** Queues one fault for the next request for a deposit, a payout or a refund. */
  next(fault: PaymentFault): void
  /** Queues one fault for the signature of the next attempt to deliver a callback. */
  nextSignature(fault: SignatureFault): void
  /** Signs with a new key from now on, and answers its name. */
  rotateKey(): string
  /** Everything the network knows of its deposits, oldest first, and how often each was asked for. */
  deposits(): readonly PaymentView[]
  payouts(): readonly PaymentView[]
  refunds(): readonly PaymentView[]
  /** Delivers the callback of a final payment again, now, whether or not it was acknowledged; resolves when answered. */
  deliverCallback(id: string, times?: number): Promise<void>
  /** Ends a payment that is under way or stuck, now: COMPLETED, or FAILED for the reason given. */
  settle(id: string, failureCode?: string): void
  /** Slows a provider down, closes it, or opens it again, which sets free what has been waiting for it. */
  setProviderStatus(change: ProviderSwitch): void
  /** What the account can pay out from now on. */
  setWalletBalance(wallet: WalletBalance): void
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
    nextSignature: (fault) => {
      network.signatures.faults.push(fault)
    },
    rotateKey: () => rotateKey(network.signatures),
    deposits: () => viewsOf(network, 'DEPOSIT'),
    payouts: () => viewsOf(network, 'PAYOUT'),
    refunds: () => viewsOf(network, 'REFUND'),
    deliverCallback: (id, times = 1) => deliverCallback(network, id, times),
    settle: (id, failureCode) => {
      settle(network, id, failureCode)
    },
    setProviderStatus: (change) => {
      setProviderStatus(network, change)
    },
    setWalletBalance: (wallet) => {
      setWalletBalance(network, wallet)
    },
    close,
  }
}

const createNetwork = (options: PawapaySimulatorOptions): Network => {
  const announce = announcer(options.onStep)
  const clock = new SandboxClock()
  const book = new PaymentBook({
    journalFile: options.journalFile,
    delayMs: options.payerDelayMs ?? defaultPayerDelayMs,
    clock,
    onFinal: (payment) => {
      callBack(network, payment)
    },
  })
  const signatures = createSignatures(options.signatures)
  const source: CallbackSource<Payment> = {
    messageOf: (payment, url) =>
      signCallback(signatures, url, JSON.stringify(callbackBody(payment, book.statusNow(payment)))),
    onSending: (payment) => announce?.('callback.sending', keyOf(payment)),
    onAcknowledged: (payment) => {
      book.recordCallback('callback.acknowledged', payment)
      return announce?.('callback.acknowledged', keyOf(payment))
    },
    onAbandoned: (payment) => {
      book.recordCallback('callback.abandoned', payment)
    },
  }
  const callbacks = new CallbackWorker<Payment>(source, pawapayCallbackPolicy, clock)
  if (options.callbackUrl !== undefined) callbacks.setUrl(options.callbackUrl)
  const { apiToken } = options
  const network = { apiToken, book, callbacks, faults: [], dial: new Dial(), clock, signatures, announce }
  return network
}

/** A listener that throws says something about the test, not about the network: it is reported and the network goes on. */
const announcer = (onStep: PawapaySimulatorOptions['onStep']): Announce => {
  if (onStep === undefined) return undefined
  return async (name, key) => {
    try {
      await onStep({ name, ...key })
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === 'string') throw new Error('The simulator listens on no port.')
  return address.port
}
