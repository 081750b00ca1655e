import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type AddressInfo } from 'node:net'
import { type Config, ConfigError, readConfig, sandboxDefaults, sandboxPhone, type StripeConfig } from './config.ts'
import { addMs, type Clock, createAdvancedClock, systemClock } from './kernel/clock.ts'
import { mintReference } from './kernel/ids.ts'
import { invariant } from './kernel/invariant.ts'
import { OperatorError } from './kernel/problem.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './platform/db/embedded/index.ts'
import { migrate } from './platform/db/migrate.ts'
import { openPool, type Pool, type Queryable } from './platform/db/pool.ts'
import { createFetch, createHttpClient } from './platform/http-client.ts'
import {
  createGuardedClient,
  createPublicResolve,
  type GuardedClient,
  resolveLocally,
} from './platform/guarded-client.ts'
import { type Logger, openLog } from './platform/log.ts'
import { forgetStaleRates } from './platform/rate-limit/limiter.ts'
import { startWorker, type Worker } from './platform/worker.ts'
import { type App, createApp, endpointRule } from './app.ts'
import { createSealer } from './books/index.ts'
import { type Credentials } from './docs/index.ts'
import { createEventHorizon } from './events/index.ts'
import { checkDue, checksPerSweep } from './executions/index.ts'
import {
  allowCards,
  claimServerSetting,
  ensureSandboxMerchant,
  listMerchants,
  type Merchant,
} from './merchants/index.ts'
import { setPasscode } from './passcodes/index.ts'
import { type CardCheckout } from './pay-pages/index.ts'
import { type Realtime } from './realtime/index.ts'
import { createPawapay, readSigningKey } from './providers/pawapay/index.ts'
import { type CardNetwork, type Provider } from './providers/provider.ts'
import { type SandboxControls } from './sandbox-controls/index.ts'
import { createStripe } from './providers/stripe/index.ts'
import { type RequestLog } from './request-log/index.ts'
import { endDueSessions } from './sessions/index.ts'
import { openSandboxWallets } from './wallets/index.ts'
import { type Dispatcher, resealWebhookSecrets } from './webhooks/index.ts'

/** `serve` answers requests, `work` does what is due, `all` does both. */
export type Role = 'serve' | 'work' | 'all'

export interface RunningServer {
  /** Where the API answers; undefined for a process that only works. */
  readonly url: string | undefined
  readonly config: Config
  /** Finishes the requests and rounds under way, then lets go of everything. */
  readonly close: () => Promise<void>
}

/** A stand-in for the payment network: known by its address alone. */
export interface Simulator {
  readonly baseUrl: string
  readonly apiToken: string
  readonly setCallbackUrl: (url: string) => void
  readonly close: () => Promise<void>
}

/** The same for the card network, which also has a card form of its own. */
export interface CardSimulator {
  readonly baseUrl: string
  readonly setCallbackUrl: (url: string) => void
  /** Lets its card form send payers back to a page of ours. */
  readonly allowReturnTo: (origin: string) => void
  readonly close: () => Promise<void>
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly role?: Role
  /**
   * Starts what answers as pawaPay, for a sandbox whose environment names no address of it. Called once the database is
   * ours, so that two servers on one folder never both do.
   */
  readonly startSimulator?: (config: Config) => Promise<Simulator>
  /** The same for Stripe. Without it, and without an address or keys, nobody is paid by card. */
  readonly startCardSimulator?: (stripe: StripeConfig, config: Config) => Promise<CardSimulator>
  /** Called when the server cannot go on, with a message for its operator. */
  readonly onFatal: (reason: string) => void
}

const noProvider =
  'PAWAPAY_BASE_URL is required: the address of pawaPay, or of a simulator ("npm start" brings one of its own).'

/** What was opened so far, closed in reverse: also when a later step of the start fails. */
function closers() {
  const steps: (() => Promise<unknown>)[] = []
  return {
    add: (step: () => Promise<unknown>) => steps.push(step),
    close: async (): Promise<void> => {
      const failures: unknown[] = []
      for (let step = steps.pop(); step; step = steps.pop())
        await step().catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw new AggregateError(failures, 'not everything closed cleanly')
    },
  }
}

async function openDatabase(
  config: Config,
  log: Logger,
  opened: ReturnType<typeof closers>,
  onFatal: (reason: string) => void,
): Promise<Pool> {
  let embedded: EmbeddedPostgres | undefined
  if (config.databaseUrl === undefined) {
    embedded = await startEmbeddedPostgres({ dataDir: config.dataDir, onCrash: onFatal })
    const owned = embedded
    opened.add(() => owned.stop())
  }
  const db = openPool({
    // A local socket knows no TLS, whatever PGSSLMODE the shell holds.
    connection: embedded ? { ...embedded.connection, ssl: false } : { connectionString: config.databaseUrl },
    maxConnections: config.databaseConnections,
    onIdleError: (error) => {
      log.warn({ err: error }, 'an idle database connection broke')
    },
  })
  opened.add(() => db.end())
  await migrate(db)
  return db
}

/** A database is a sandbox's or a live one for good: well-known credentials and real money never share one. */
async function requireMode({ mode }: Config, db: Pool): Promise<void> {
  const marked = await claimServerSetting(db, 'mode', mode, systemClock.now())
  if (marked === mode) return
  throw new OperatorError(
    `This database belongs to a ${marked} server and DOLLR_MODE is ${mode}. Give the ${mode} server a database of its own.`,
  )
}

/** A sandbox without a secret makes one and keeps it in its database, so that tokens outlive a restart. */
async function jwtSecretsOf(config: Config, db: Pool): Promise<readonly [string, ...string[]]> {
  if (config.jwtSecrets) return config.jwtSecrets
  const proposed = randomBytes(32).toString('base64url')
  return [await claimServerSetting(db, 'jwt', proposed, systemClock.now())]
}

/** The key that requests to pawaPay are signed with. Its file is named, and never what is in it. */
function signingKeyOf({ signing }: Config['pawapay']) {
  if (!signing) return undefined
  const { keyFile, keyId, encoding } = signing
  const pem = (() => {
    try {
      return readFileSync(keyFile, 'utf8')
    } catch (error) {
      throw new OperatorError(`PAWAPAY_SIGNING_KEY_FILE cannot be read: ${(error as Error).message}`)
    }
  })()
  return { key: readSigningKey(pem), keyId, encoding }
}

/** What a sandbox's merchant needs so that money can go out at once. */
async function equipSandbox(tx: Queryable, { id: merchantId, phone }: Merchant, now: Date): Promise<void> {
  invariant(phone, 'a sandbox merchant with a phone')
  await setPasscode(tx, { merchantId, phone, userId: undefined, code: sandboxDefaults.passcode }, now)
  await openSandboxWallets(tx, merchantId, now)
  await allowCards({ db: tx, clock: { now: () => now } }, merchantId, true)
}

/** What each process of a sandbox does to follow its controls. */
const startControls = (controls: SandboxControls | undefined, log: Logger): Worker[] =>
  controls
    ? [
        startWorker({
          name: 'sandbox controls',
          log,
          // What was set in another process holds here this much later.
          pauseMs: 250,
          round: async () => {
            await controls.follow()
            return false
          },
        }),
      ]
    : []

/** What each process that has listeners does for its own. */
const startRealtime = (realtime: Realtime, log: Logger): Worker[] => [
  startWorker({
    name: 'realtime changes',
    log,
    // A status is seen within a second of its commit, most of which is left to the network.
    pauseMs: 150,
    round: async () => {
      await realtime.follow()
      return false
    },
  }),
  startWorker({
    name: 'realtime upkeep',
    log,
    pauseMs: 1_000,
    round: async () => {
      realtime.sweep()
      return false
    },
  }),
]

/** What each process that serves has seen. */
const startRequestLog = (requestLog: RequestLog | undefined, log: Logger): Worker[] =>
  requestLog ? [startWorker({ name: 'request log', log, pauseMs: 250, round: () => requestLog.round() })] : []

const startPruning = (requestLog: RequestLog | undefined, log: Logger): Worker[] =>
  requestLog ? [startWorker({ name: 'old requests', log, pauseMs: 60_000, round: () => requestLog.prune() })] : []

/** What lets events be read, and what only the passing of time brings about. */
function startEvents(db: Pool, clock: Clock, log: Logger): Worker[] {
  const horizon = createEventHorizon(db)
  return [
    startWorker({
      name: 'event horizon',
      log,
      // A part of the second within which an event is to be delivered.
      pauseMs: 100,
      round: () => horizon.round(),
    }),
    startWorker({ name: 'due sessions', log, pauseMs: 1_000, round: () => endDueSessions(db, clock) }),
  ]
}

/** Every process needs to know what its providers offer; only those that work ask about what is due. */
function startWorkers(
  { checks, realtime, readAvailability, requestLog, sandbox, webhooks }: App,
  providers: readonly Provider[],
  log: Logger,
  role: Role,
): Worker[] {
  const { db, clock } = checks
  let refreshAt = clock.now()
  const configuration = startWorker({
    name: 'provider configuration',
    log,
    pauseMs: 1_000,
    round: async () => {
      if (clock.now() < refreshAt) return false
      const read = await Promise.all(providers.map((provider) => provider.refresh()))
      // Whoever asks later is told when this changed, not when they asked.
      readAvailability()
      // What could not be asked is asked again soon: until then its payments are refused.
      refreshAt = addMs(clock.now(), read.every(Boolean) ? 60_000 : 2_000)
      return false
    },
  })
  const serving = [
    ...startControls(sandbox, log),
    ...(role === 'work' ? [] : [...startRealtime(realtime, log), ...startRequestLog(requestLog, log)]),
  ]
  if (role === 'serve') return [configuration, ...serving]
  const dueChecks = startWorker({
    name: 'due checks',
    log,
    pauseMs: 500,
    round: async () => (await checkDue(checks)) === checksPerSweep,
  })
  const rates = startWorker({
    name: 'stale rate limits',
    log,
    pauseMs: 60_000,
    round: () => forgetStaleRates(db, clock),
  })
  const sealer = createSealer(db)
  const seals = startWorker({
    name: 'seals',
    log,
    pauseMs: 1_000,
    round: () => sealer.round(),
  })
  return [
    configuration,
    ...serving,
    dueChecks,
    rates,
    seals,
    ...startEvents(db, clock, log),
    ...startPruning(requestLog, log),
    ...startWebhooks(webhooks, log),
  ]
}

const startWebhooks = (webhooks: Dispatcher, log: Logger): Worker[] => [
  startWorker({
    name: 'webhooks',
    log,
    // What is left of the second after the horizon had its share belongs to the receiver.
    pauseMs: 100,
    round: () => webhooks.round(),
  }),
  startWorker({
    name: 'webhook log',
    log,
    pauseMs: 60_000,
    round: () => webhooks.forget(),
  }),
]

/** Longer than a receiver should take, short enough not to hold up the events that wait in line. */
const webhookTimeoutMs = 15_000

function openWebhookClient(sandbox: boolean): GuardedClient {
  const { allows } = endpointRule(sandbox)
  // A sandbox's receivers are on this machine or beside it, where no name server knows them.
  return createGuardedClient({
    allows,
    resolve: sandbox ? resolveLocally : createPublicResolve(),
    timeoutMs: webhookTimeoutMs,
  })
}

/** What payers by card meet first: the simulator's own form, or Stripe's in a page of ours. */
const cardFormOf = (baseUrl: string, { publishableKey }: StripeConfig): CardCheckout['form'] =>
  new URL(baseUrl).hostname === 'api.stripe.com'
    ? { kind: 'elements', publishableKey }
    : { kind: 'simulator', url: `${baseUrl}/sandbox/card` }

interface CardNetworkOpened extends CardCheckout {
  readonly simulator: CardSimulator | undefined
  readonly simulatorAddress: { readonly baseUrl: string; readonly token: string } | undefined
}

/** The card network, where there is one. */
async function openCards(
  config: Config,
  {
    log,
    clock,
    opened,
    startCardSimulator,
  }: {
    readonly startCardSimulator: StartOptions['startCardSimulator']
    readonly clock: Clock
    readonly log: Logger
    readonly opened: ReturnType<typeof closers>
  },
): Promise<CardNetworkOpened | undefined> {
  const { stripe } = config
  if (!stripe) return undefined
  const simulator = stripe.baseUrl === undefined ? await startCardSimulator?.(stripe, config) : undefined
  if (simulator) opened.add(simulator.close)
  const baseUrl = stripe.baseUrl ?? simulator?.baseUrl
  if (baseUrl === undefined) return undefined
  const remote = createFetch(stripe)
  opened.add(remote.close)
  const network: CardNetwork = createStripe({
    ...stripe,
    baseUrl,
    fetch: remote.fetch,
    log,
    clock,
    signingClock: systemClock,
  })
  const form = cardFormOf(baseUrl, stripe)
  const simulatorAddress = form.kind === 'simulator' ? { baseUrl, token: stripe.secretKey } : undefined
  return { network, form, simulator, simulatorAddress }
}

/** Where the browsers of payers may find this server, when it runs on the machine they are on. */
const originsOf = (url: string, publicUrl: string | undefined): readonly string[] => {
  const local = new URL(url)
  local.hostname = 'localhost'
  return [new URL(url).origin, local.origin, ...(publicUrl === undefined ? [] : [new URL(publicUrl).origin])]
}

/** A sandbox can be tried out. Credentials that somebody chose are theirs to know, and not shown. */
function tryWithOf({ mode, sandboxCredentials: { clientId, clientSecret } }: Config): Credentials | undefined {
  if (mode !== 'sandbox') return undefined
  const wellKnown = clientId === sandboxDefaults.clientId && clientSecret === sandboxDefaults.clientSecret
  return wellKnown ? { clientId, clientSecret } : { clientId: '', clientSecret: '' }
}

async function listen({ http }: App, { host, port }: Config): Promise<void> {
  await http.listen({ host, port }).catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE')
      throw new OperatorError(`Port ${port} on ${host} is taken. Set PORT ("dollr dev": --port) to another one.`)
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new OperatorError(`Cannot listen on ${host}:${port} (${code}).`)
    throw error
  })
}

const urlOf = ({ address, port }: AddressInfo): string => {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Opens the database, composes the server, and serves or works or both. Throws `ConfigError` for a wrong environment. */
export async function startServer({
  env,
  role = 'all',
  startSimulator,
  startCardSimulator,
  onFatal,
}: StartOptions): Promise<RunningServer> {
  const config = readConfig(env)
  const signing = signingKeyOf(config.pawapay)
  const log = openLog(config.logLevel)
  const opened = closers()
  try {
    const db = await openDatabase(config, log, opened, onFatal)
    // A sandbox's clock can be set ahead; a live server has the time of day.
    const clock = createAdvancedClock(systemClock)
    const context = { db, clock }
    await requireMode(config, db)
    if (config.mode === 'sandbox') {
      await ensureSandboxMerchant(context, { ...config.sandboxCredentials, phone: sandboxPhone }, (tx, merchant) =>
        equipSandbox(tx, merchant, clock.now()),
      )
    }

    const simulator = config.pawapay.baseUrl === undefined ? await startSimulator?.(config) : undefined
    if (simulator) opened.add(simulator.close)
    const baseUrl = config.pawapay.baseUrl ?? simulator?.baseUrl
    if (baseUrl === undefined) throw new ConfigError([noProvider])

    const remote = createHttpClient({ timeoutMs: config.pawapay.timeoutMs })
    opened.add(remote.close)
    const pawapay = createPawapay({
      baseUrl,
      apiToken: simulator?.apiToken ?? config.pawapay.apiToken,
      http: remote,
      log,
      clock: systemClock,
      callbacks: {
        signatures: config.pawapay.callbackSignatures,
        maxAgeMs: config.pawapay.signatureMaxAgeMs,
        // A simulator of our own calls the address we listen on, past any proxy.
        url: simulator ? undefined : config.pawapay.callbackUrl,
        // Others have accounts at pawaPay, signed with the same keys: live, only what names our address is ours.
        trustHost: config.mode === 'sandbox',
      },
      signing,
    })
    await pawapay.refresh()
    const cards = await openCards(config, { log, clock, opened, startCardSimulator })
    const providers: readonly Provider[] = cards ? [pawapay, cards.network] : [pawapay]

    const jwtSecrets = await jwtSecretsOf(config, db)
    const webhookClient = openWebhookClient(config.mode === 'sandbox')
    opened.add(webhookClient.close)
    const app = await createApp({
      ...context,
      log,
      mintReference,
      providers: new Map(providers.map((provider) => [provider.name, provider])),
      cards,
      askNetwork: config.mode === 'live',
      publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
      linkBase: config.publicUrl,
      jwtSecrets,
      receiptSigningKey: config.receiptSigningKey,
      callsPerMinute: config.callsPerMinute,
      tokenCallsPerMinute: config.tokenCallsPerMinute,
      promptGuardSeconds: config.promptGuardSeconds,
      circuitUnknowns: config.circuitUnknowns,
      trustProxy: config.trustProxy,
      realtime: config.realtime,
      webhookClient,
      sandbox:
        config.mode === 'sandbox'
          ? {
              clock,
              http: remote,
              pawapay: { baseUrl, token: simulator?.apiToken ?? config.pawapay.apiToken },
              stripe: cards?.simulatorAddress,
              equip: async (tx) => {
                const [first] = await listMerchants({ db: tx })
                if (first) await equipSandbox(tx, first, clock.now())
              },
            }
          : undefined,
      tryWith: tryWithOf(config),
      requestLogDays: config.requestLogDays,
    })
    opened.add(app.callbacks.settled)
    opened.add(app.webhooks.settled)
    await app.receiptKeys.prepare()
    await app.sandbox?.restore()
    opened.add(async () => app.requestLog?.flush())
    await resealWebhookSecrets(db, jwtSecrets)
    const workers = startWorkers(app, providers, log, role)
    opened.add(() => Promise.all(workers.map((worker) => worker.stop())))
    opened.add(() => app.http.close())
    // First of all: a server does not count as closed while one of its connections lives.
    opened.add(() => app.realtime.close())
    if (role !== 'work') {
      app.realtime.attach(app.http.server)
      await listen(app, config)
    }
    const address = app.http.server.address()
    const url = typeof address === 'object' && address !== null ? urlOf(address) : undefined
    if (url !== undefined) {
      simulator?.setCallbackUrl(`${url}/callbacks/pawapay`)
      cards?.simulator?.setCallbackUrl(`${url}/callbacks/stripe`)
      for (const origin of originsOf(url, config.publicUrl)) cards?.simulator?.allowReturnTo(origin)
    }
    return {
      url,
      config,
      close: opened.close,
    }
  } catch (error) {
    await opened.close().catch((closing: unknown) => {
      log.error({ err: closing }, 'closing after a failed start')
    })
    throw error
  }
}
