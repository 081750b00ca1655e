import { type KeyObject } from 'node:crypto'
import { type Clock, systemClock } from './kernel/clock.ts'
import { type ProviderName } from './kernel/enums.ts'
import { type MintReference } from './kernel/ids.ts'
import { isPublicAddress, isPublicOrLocalAddress } from './platform/addresses.ts'
import { type Pool } from './platform/db/pool.ts'
import { type GuardedClient } from './platform/guarded-client.ts'
import { injectFaults } from './platform/http/faults.ts'
import { createHttp, type Http } from './platform/http/server.ts'
import { announceWarnings } from './platform/http/warnings.ts'
import { admitBy, disguiseAddress, requireAllowance } from './platform/http/rate-limit.ts'
import { type Logger } from './platform/log.ts'
import { createRateLimiter } from './platform/rate-limit/limiter.ts'
import { createAuthentication, createKeyring, merchantOf, requireToken, tokenRoutes } from './auth/index.ts'
import { callbackRoutes, type Callbacks, createCallbacks } from './callbacks/index.ts'
import {
  type CheckDependencies,
  checkExecution,
  createDisburse,
  createExecuteCollection,
  createExecutePayout,
  createExecuteRefund,
  createExecuteTransfer,
  createRecordOutcome,
  type Execution,
  executionRoutes,
  type Executions,
  findRefundable,
} from './executions/index.ts'
import { eventRoutes } from './events/index.ts'
import { createPrices, feeRoutes } from './fees/index.ts'
import { merchantRoutes } from './merchants/index.ts'
import { checkoutRoutes } from './checkouts/index.ts'
import { type Credentials, docsRoutes, texts } from './docs/index.ts'
import { linkRoutes } from './links/index.ts'
import { partyRoutes } from './parties/index.ts'
import { createPasscodes } from './passcodes/index.ts'
import { type CardCheckout, payPageRoutes, receiptPageRoutes } from './pay-pages/index.ts'
import { paymentAccountRoutes } from './payment-accounts/index.ts'
import { predictionRoutes } from './predictions/index.ts'
import { type Availability, createAvailability } from './providers/availability.ts'
import { createCircuits } from './providers/circuit.ts'
import { type Provider } from './providers/provider.ts'
import { availabilityRoutes } from './providers/routes.ts'
import { createRealtime, type Realtime, realtimeKeyRoutes, type RealtimeSettings } from './realtime/index.ts'
import { createReceiptKeys, receiptKeyRoutes, type ReceiptKeys, receiptRoutes } from './receipts/index.ts'
import {
  createMistakeWatch,
  createSandboxControls,
  type SandboxControls,
  sandboxRoutes,
  type SandboxSetting,
} from './sandbox-controls/index.ts'
import { createRequestLog, keepRequests, type RequestLog, requestLogRoutes } from './request-log/index.ts'
import { createSessions, expireSessions, sessionRoutes } from './sessions/index.ts'
import { documentRoutes, sourceStatusRoutes } from './sources/index.ts'
import { walletRoutes } from './wallets/index.ts'
import { createDispatcher, type Dispatcher, type EndpointRule, webhookRoutes } from './webhooks/index.ts'

/** At one document by its link: more than anybody pays by hand, and few enough to leave phones in peace. */
const triesPerMinute = 10
/** By one address: more than anybody reads, too few to be a way to keep a server busy. */
const verificationsPerMinute = 60
/** Of one receipt. */
const printsPerMinute = 30

export interface AppOptions {
  readonly db: Pool
  readonly clock: Clock
  readonly log: Logger
  readonly mintReference: MintReference
  readonly providers: ReadonlyMap<ProviderName, Provider>
  /** Undefined where nobody is paid by card. */
  readonly cards?: CardCheckout | undefined
  /** Whether the network is asked whose number a phone is, before the numbering plan. */
  readonly askNetwork: boolean
  readonly publicUrl: string
  readonly linkBase: string | undefined
  readonly jwtSecrets: readonly [string, ...string[]]
  /** What receipts are signed with. Undefined means a key of our own making, kept in the database. */
  readonly receiptSigningKey: KeyObject | undefined
  readonly callsPerMinute: number
  readonly tokenCallsPerMinute: number
  readonly promptGuardSeconds: number
  readonly circuitUnknowns: number
  readonly trustProxy: boolean
  readonly realtime: RealtimeSettings
  /** Sends webhooks, to no address that strangers must not reach through us. */
  readonly webhookClient: GuardedClient
  /** What brings about what real networks and callers do only sometimes. Undefined in live mode. */
  readonly sandbox: SandboxSetting | undefined
  /** What readers of the reference try operations with. Undefined means that they only read. */
  readonly tryWith: Credentials | undefined
  /** For how long calls are kept; 0 is not at all. */
  readonly requestLogDays: number
}

export interface App {
  readonly http: Http
  readonly checks: CheckDependencies
  readonly callbacks: Callbacks
  readonly realtime: Realtime
  readonly readAvailability: () => readonly Availability[]
  readonly receiptKeys: ReceiptKeys
  readonly webhooks: Dispatcher
  /** Undefined where no calls are kept. */
  readonly requestLog: RequestLog | undefined
  /** Undefined in live mode. */
  readonly sandbox: SandboxControls | undefined
}

/** Every slice by name: the table of contents of the server. */
export async function createApp(options: AppOptions): Promise<App> {
  const { db, clock, log, mintReference } = options
  const circuits = createCircuits(clock, { unknowns: options.circuitUnknowns, withinMs: 60_000, openMs: 30_000 })
  const providers = new Map([...options.providers].map(([name, provider]) => [name, circuits.watch(provider)]))
  const readAvailability = createAvailability(clock, providers, circuits)
  const cards = options.cards?.network
  const context = { db, clock, cards }

  const authentication = createAuthentication({ ...context, jwtSecrets: options.jwtSecrets })
  const disguise = disguiseAddress(options.jwtSecrets[0])
  const merchantRate = createRateLimiter({ ...context, name: 'merchant', callsPerMinute: options.callsPerMinute })
  const addressRate = createRateLimiter({
    ...context,
    name: 'address',
    callsPerMinute: options.tokenCallsPerMinute,
    disguise,
  })
  const tryRate = createRateLimiter({ ...context, name: 'try', callsPerMinute: triesPerMinute, disguise })
  const verificationRate = createRateLimiter({
    ...context,
    name: 'verify',
    callsPerMinute: verificationsPerMinute,
    disguise,
  })
  const printRate = createRateLimiter({ ...context, name: 'print', callsPerMinute: printsPerMinute, disguise })
  const authenticate = requireToken(authentication, admitBy(merchantRate))

  const prices = createPrices(db, clock)
  const sessions = createSessions({
    ...context,
    providers,
    findRefundable: (merchantId, id) => findRefundable(db, merchantId, id),
  })
  const recordOutcome = createRecordOutcome(db, clock, log)
  const passcodes = createPasscodes(db, clock, log)
  const moneyOut = { ...context, mintReference, prices, passcodes, providers, recordOutcome }
  const disburse = createDisburse(moneyOut)
  const executions: Executions = {
    collect: createExecuteCollection({ ...moneyOut, circuits, promptGuardSeconds: options.promptGuardSeconds }),
    payOut: createExecutePayout(moneyOut, disburse),
    transfer: createExecuteTransfer(moneyOut, disburse),
    refund: createExecuteRefund(moneyOut, disburse),
  }
  const checks: CheckDependencies = { ...context, log, providers, recordOutcome }
  const callbacks = createCallbacks(db, clock, log, checks)
  const sources = { ...context, expireSessions }
  const realtime = createRealtime({
    ...context,
    ...options.realtime,
    log,
    keyring: createKeyring(options.jwtSecrets, clock),
    trustProxy: options.trustProxy,
  })
  const receiptKeys = createReceiptKeys({
    ...context,
    secrets: options.jwtSecrets,
    given: options.receiptSigningKey,
  })
  const webhooks = {
    ...context,
    log,
    // Receivers hold it against theirs, and know nothing of a sandbox's clock.
    wallClock: systemClock,
    client: options.webhookClient,
    sealing: options.jwtSecrets,
    rule: endpointRule(options.sandbox !== undefined),
  }
  const sandbox = options.sandbox && createSandboxControls({ ...options.sandbox, db, log })
  const requestLog =
    options.requestLogDays > 0 ? createRequestLog({ ...context, log, days: options.requestLogDays }) : undefined
  const watchForMistakes = createMistakeWatch(context)
  const payPages = {
    ...context,
    mintReference,
    prices,
    providers,
    sessions,
    executeCollection: executions.collect,
    admitTry: requireAllowance(tryRate),
    cardCheckout: options.cards,
    lookAgain: (execution: Execution) => checkExecution(checks, execution),
  }
  const receiptPages = {
    ...context,
    receiptKeys,
    admitPrint: requireAllowance(printRate),
    admitVerification: admitBy(verificationRate),
  }

  const http = await createHttp({
    log,
    publicUrl: options.publicUrl,
    linkBase: options.linkBase,
    trustProxy: options.trustProxy,
    authenticate,
    texts,
    register: async (root) => {
      root.get('/health', { config: { public: true }, schema: { hide: true } }, () => health(db))
      callbackRoutes(root, providers, callbacks)
      await root.register(async (pages: Http) => {
        payPageRoutes(pages, payPages)
      })
      await root.register(async (pages: Http) => {
        receiptPageRoutes(pages, receiptPages)
      })
      receiptKeyRoutes(root, db)
      docsRoutes(root, options)

      await root.register(
        async (open: Http) => {
          if (sandbox) {
            watchForMistakes(open)
            announceWarnings(open)
          }
          tokenRoutes(open, authentication, admitBy(addressRate))
        },
        { prefix: '/v1' },
      )
      await root.register(
        async (v1: Http) => {
          v1.addHook('onRequest', authenticate)
          // The log tells of mistakes too, so they are looked for first.
          if (sandbox) watchForMistakes(v1)
          // Before any fault: an answer that is lost on its way was given all the same.
          if (requestLog) keepRequests(v1, requestLog)
          if (sandbox) {
            announceWarnings(v1)
            injectFaults(v1, sandbox.dialling)
          }
          partyRoutes(v1, context)
          for (const kind of ['INVOICE', 'ORDER'] as const) {
            await v1.register(
              async (documents: Http) => {
                documentRoutes(documents, kind, sources)
                receiptRoutes(documents, kind, db)
              },
              { prefix: kind === 'INVOICE' ? '/invoices' : '/orders' },
            )
          }
          feeRoutes(v1, context)
          merchantRoutes(v1, db, merchantOf)
          checkoutRoutes(v1, context)
          linkRoutes(v1, context)
          predictionRoutes(v1, {
            ...context,
            prices,
            predictor: options.askNetwork ? providers.get('PAWAPAY') : undefined,
          })
          sessionRoutes(v1, sessions)
          paymentAccountRoutes(v1, context)
          executionRoutes(v1, db, executions, cards)
          availabilityRoutes(v1, readAvailability)
          walletRoutes(v1, db)
          eventRoutes(v1, db)
          webhookRoutes(v1, webhooks)
          requestLogRoutes(v1, db)
          sourceStatusRoutes(v1, sources)
          realtimeKeyRoutes(v1, { db, tokens: realtime.tokens })
        },
        { prefix: '/v1' },
      )
      if (!sandbox) return
      await root.register(
        async (controls: Http) => {
          controls.addHook('onRequest', authenticate)
          sandboxRoutes(controls, sandbox)
        },
        { prefix: '/sandbox' },
      )
    },
  })
  return {
    http,
    checks,
    callbacks,
    realtime,
    readAvailability,
    receiptKeys,
    webhooks: createDispatcher(webhooks),
    requestLog,
    sandbox,
  }
}

/** Where webhooks may go. The address that a name stands for is judged by the client, with the same rule. */
export const endpointRule = (isSandbox: boolean): EndpointRule => ({
  httpsOnly: !isSandbox,
  allows: isSandbox ? isPublicOrLocalAddress : isPublicAddress,
})

/** 200 once requests can be served, which takes the database. */
async function health(db: Pool): Promise<{ status: 'ok' }> {
  await db.query('select 1')
  return { status: 'ok' }
}
