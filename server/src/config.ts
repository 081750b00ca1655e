import { createPrivateKey, type KeyObject } from 'node:crypto'
import { resolve } from 'node:path'
import { OperatorError } from './kernel/problem.ts'

/** Everything the environment decides, read once and passed down. */
export interface Config {
  readonly mode: 'sandbox' | 'live'
  readonly host: string
  readonly port: number
  /** Where payers and providers reach this server from outside. */
  readonly publicUrl: string | undefined
  readonly dataDir: string
  /** Undefined means the database of our own, below `dataDir`. */
  readonly databaseUrl: string | undefined
  readonly databaseConnections: number
  /** The first signs, all verify. Undefined means one of the sandbox's own making. */
  readonly jwtSecrets: readonly [string, ...string[]] | undefined
  /** What receipts are signed with. Undefined means a key of our own making, kept in the database. */
  readonly receiptSigningKey: KeyObject | undefined
  /** How long the pretend payer takes. */
  readonly sandboxDelayMs: number
  readonly sandboxCredentials: { readonly clientId: string; readonly clientSecret: string }
  /** Without an address, a simulator has to be started; live mode always has one. */
  readonly pawapay: {
    readonly baseUrl: string | undefined
    readonly apiToken: string
    readonly timeoutMs: number
    /** Whether callbacks without a signature are heeded at all. */
    readonly callbackSignatures: 'required' | 'optional'
    /** The callback address as pawaPay knows it, which it signs. */
    readonly callbackUrl: string | undefined
    readonly signatureMaxAgeMs: number
    /** Undefined means that requests are not signed. */
    readonly signing: { readonly keyFile: string; readonly keyId: string; readonly encoding: 'der' | 'raw' } | undefined
  }
  /** Undefined means that nobody is paid by card. */
  readonly stripe: StripeConfig | undefined
  readonly callsPerMinute: number
  readonly tokenCallsPerMinute: number
  /** For how long a phone with a payment prompt on it gets no second one; 0 is not at all. */
  readonly promptGuardSeconds: number
  /** After how many orders in a row without a clear answer new collections are refused for a while; 0 is never. */
  readonly circuitUnknowns: number
  /** For how long calls of merchants are kept, redacted; 0 is not at all. */
  readonly requestLogDays: number
  readonly trustProxy: boolean
  /** The anonymous key is shown by every browser that listens: it keeps strangers out, and opens nothing by itself. */
  readonly realtime: {
    readonly anonKey: string
    readonly connections: number
    readonly connectionsPerAddress: number
  }
  readonly logLevel: string
}

export interface StripeConfig {
  /** Without an address, a simulator has to be started. */
  readonly baseUrl: string | undefined
  readonly secretKey: string
  /** For the payer's browser: it opens nothing by itself. */
  readonly publishableKey: string
  /** Any of them may have signed an event. */
  readonly webhookSecrets: readonly string[]
  readonly timeoutMs: number
}

/** Every mistake at once, a line each: an operator mends them in one go. */
export class ConfigError extends OperatorError {
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'))
    this.mistakes = mistakes
  }
}

/** Whose passcode approves payouts in a sandbox. */
export const sandboxPhone = '231770000000'

export const sandboxDefaults = {
  clientId: 'sandbox',
  clientSecret: 'sandbox-secret',
  pawapayToken: 'sandbox-token',
  passcode: '123456',
  stripeSecretKey: 'sk_test_sandbox',
  stripePublishableKey: 'pk_test_sandbox',
  stripeWebhookSecret: 'whsec_sandbox',
  realtimeAnonKey: 'sandbox-anon-key',
} as const

const shortestSecret = 32
/** A question must be over before its first check, 15 s after the intent. */
const longestTimeoutMs = 14_000
/** pawaPay repeats a callback for a quarter of an hour, and does not say that it signs each attempt anew. */
const signatureMaxAgeSeconds = 20 * 60
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

type Environment = Readonly<Record<string, string | undefined>>

/** Reads variables one by one and remembers what was wrong with each. An empty variable counts as unset. */
function reader(env: Environment) {
  const mistakes: string[] = []
  const text = (name: string): string | undefined => {
    const value = env[name]?.trim()
    return value === '' ? undefined : value
  }
  const refuse = (message: string): void => {
    mistakes.push(message)
  }
  return {
    mistakes,
    text,
    refuse,
    integer(name: string, fallback: number, [least, most]: readonly [number, number]): number {
      const value = text(name)
      if (value === undefined) return fallback
      const number = Number(value)
      if (/^\d+$/.test(value) && number >= least && number <= most) return number
      refuse(`${name} must be a whole number from ${least} to ${most}, not "${value}".`)
      return fallback
    },
    oneOf<const Value extends string>(name: string, values: readonly Value[], fallback: Value): Value {
      const value = text(name)
      const known = values.find((each) => each === value)
      if (value !== undefined && known === undefined)
        refuse(`${name} must be one of ${values.join(', ')}, not "${value}".`)
      return known ?? fallback
    },
    url(name: string, protocols: readonly string[]): string | undefined {
      const value = text(name)
      if (value === undefined) return undefined
      if (URL.canParse(value) && protocols.includes(new URL(value).protocol)) return value.replace(/\/+$/, '')
      // A database URL holds a password: the value itself is never repeated.
      refuse(`${name} must be a URL that starts with ${protocols.map((each) => `${each}//`).join(' or ')}.`)
      return undefined
    },
  }
}

const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)

const callbackPath = '/callbacks/pawapay'

function readSigning(from: ReturnType<typeof reader>): Config['pawapay']['signing'] {
  const { text, refuse } = from
  const keyFile = text('PAWAPAY_SIGNING_KEY_FILE')
  const keyId = text('PAWAPAY_SIGNING_KEY_ID')
  const encoding = from.oneOf('PAWAPAY_SIGNATURE_ENCODING', ['der', 'raw'], 'der')
  if (keyFile === undefined && keyId === undefined) return undefined
  if (keyFile === undefined || keyId === undefined) {
    refuse('PAWAPAY_SIGNING_KEY_FILE and PAWAPAY_SIGNING_KEY_ID are given together or not at all.')
    return undefined
  }
  if (!/^[\x20-\x7e]+$/.test(keyId)) refuse('PAWAPAY_SIGNING_KEY_ID must be printable ASCII.')
  return { keyFile: resolve(keyFile), keyId, encoding }
}

const stripeUrl = 'https://api.stripe.com'
const stripeNames = ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET'] as const

/** Keys say themselves whether money moves; those of one world have no business in the other. */
function judgeStripeKeys(mode: Config['mode'], { text, refuse }: ReturnType<typeof reader>): void {
  const wrong = mode === 'live' ? /^[a-z]+_test_/ : /^[a-z]+_live_/
  for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_PUBLISHABLE_KEY'] as const) {
    const key = text(name)
    if (key === undefined) continue
    const [kind, prefixes] = name === 'STRIPE_SECRET_KEY' ? [/^(sk|rk)_/, 'sk_ or rk_'] : [/^pk_/, 'pk_']
    if (!kind.test(key)) refuse(`${name} must begin with ${prefixes}.`)
    else if (wrong.test(key)) {
      refuse(
        mode === 'live'
          ? `${name} is a test key, which live mode does not take.`
          : `${name} is a live key: DOLLR_MODE is sandbox.`,
      )
    }
  }
}

function readStripe(from: ReturnType<typeof reader>, mode: Config['mode']): StripeConfig | undefined {
  const { text, refuse } = from
  judgeStripeKeys(mode, from)
  const given = stripeNames.filter((name) => text(name) !== undefined)
  const baseUrl = from.url('STRIPE_BASE_URL', ['http:', 'https:'])
  const timeoutMs = from.integer('STRIPE_TIMEOUT_MS', 10_000, [100, longestTimeoutMs])
  const webhookSecrets = (text('STRIPE_WEBHOOK_SECRET') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  if (given.length === 0 && mode === 'live') return undefined
  if (given.length > 0 && given.length < stripeNames.length && (mode === 'live' || baseUrl === undefined)) {
    refuse(`${stripeNames.join(', ')} are given together or not at all.`)
  }
  if (mode === 'live' && webhookSecrets.includes(sandboxDefaults.stripeWebhookSecret)) {
    refuse('STRIPE_WEBHOOK_SECRET is the sandbox default, which live mode does not take.')
  }
  return {
    // Keys of somebody's own are for Stripe itself; without them a sandbox has a simulator, or none.
    baseUrl: baseUrl ?? (given.length > 0 ? stripeUrl : undefined),
    secretKey: text('STRIPE_SECRET_KEY') ?? sandboxDefaults.stripeSecretKey,
    publishableKey: text('STRIPE_PUBLISHABLE_KEY') ?? sandboxDefaults.stripePublishableKey,
    webhookSecrets: webhookSecrets.length > 0 ? webhookSecrets : [sandboxDefaults.stripeWebhookSecret],
    timeoutMs,
  }
}

/** Undefined for what is no such key. What it is instead is not said: it may be another secret. */
function readEd25519Key(text: string): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
    return key.asymmetricKeyType === 'ed25519' ? key : undefined
  } catch {
    return undefined
  }
}

function readReceiptKey({ text, refuse }: ReturnType<typeof reader>): KeyObject | undefined {
  const given = text('DOLLR_RECEIPT_SIGNING_KEY')
  const key = given === undefined ? undefined : readEd25519Key(given)
  if (given !== undefined && !key) {
    refuse('DOLLR_RECEIPT_SIGNING_KEY must be an Ed25519 private key: PKCS #8, DER, base64 (see docs/receipts.md).')
  }
  return key
}

/** What only a sandbox may do without. */
function requireLive(
  { jwtSecrets, pawapay, stripe, publicUrl }: Config,
  { text, refuse }: ReturnType<typeof reader>,
): void {
  const given = (name: string) => (name === 'DOLLR_JWT_SECRET' ? jwtSecrets !== undefined : text(name) !== undefined)
  const required = {
    DATABASE_URL: 'the PostgreSQL (15 or newer) that holds the money',
    DOLLR_JWT_SECRET: `at least ${shortestSecret} random characters`,
    PAWAPAY_API_TOKEN: 'the token from the pawaPay dashboard',
    DOLLR_REALTIME_ANON_KEY: `at least ${shortestSecret} random characters, for browsers that follow payments`,
  }
  for (const [name, what] of Object.entries(required)) {
    if (!given(name)) refuse(`${name} is required in live mode: ${what}.`)
  }
  if (text('PAWAPAY_API_TOKEN') === sandboxDefaults.pawapayToken) {
    refuse('PAWAPAY_API_TOKEN is the sandbox default, which live mode does not take.')
  }
  const anonKey = text('DOLLR_REALTIME_ANON_KEY')
  if (anonKey !== undefined && anonKey.length < shortestSecret) {
    refuse(`DOLLR_REALTIME_ANON_KEY must have at least ${shortestSecret} characters in live mode.`)
  }
  if (pawapay.callbackSignatures === 'required' && pawapay.callbackUrl === undefined) {
    refuse(
      'PAWAPAY_CALLBACK_SIGNATURES=required needs DOLLR_PUBLIC_URL or PAWAPAY_CALLBACK_URL in live mode: the address that is signed.',
    )
  }
  for (const [name, url] of [
    ['DOLLR_PUBLIC_URL', publicUrl],
    ['PAWAPAY_BASE_URL', pawapay.baseUrl],
    ['STRIPE_BASE_URL', stripe?.baseUrl],
  ] as const) {
    if (url !== undefined && new URL(url).protocol === 'http:' && !isLoopback(url))
      refuse(`${name} must be https in live mode.`)
  }
}

/** Where the database is, for tools that need nothing else. Throws `ConfigError`. */
export function readDatabaseConfig(env: Environment): Pick<Config, 'dataDir' | 'databaseUrl'> {
  const from = reader(env)
  const config = {
    dataDir: resolve(from.text('DOLLR_DATA_DIR') ?? '.dollr'),
    databaseUrl: from.url('DATABASE_URL', ['postgres:', 'postgresql:']),
  }
  if (from.mistakes.length > 0) throw new ConfigError(from.mistakes)
  return config
}

/** Where pawaPay is, for tools that ask it something themselves. Throws `ConfigError` where the environment does not say. */
export function readPawapayConfig(
  env: Environment,
): Pick<Config['pawapay'], 'apiToken' | 'timeoutMs'> & { readonly baseUrl: string } {
  const from = reader(env)
  const baseUrl = from.url('PAWAPAY_BASE_URL', ['http:', 'https:'])
  const apiToken = from.text('PAWAPAY_API_TOKEN')
  const timeoutMs = from.integer('PAWAPAY_TIMEOUT_MS', 10_000, [100, longestTimeoutMs])
  if (from.text('PAWAPAY_BASE_URL') === undefined) from.refuse('PAWAPAY_BASE_URL is required: the address of pawaPay.')
  if (apiToken === undefined) from.refuse('PAWAPAY_API_TOKEN is required: the token that the server uses, too.')
  if (baseUrl === undefined || apiToken === undefined || from.mistakes.length > 0) throw new ConfigError(from.mistakes)
  return { baseUrl, apiToken, timeoutMs }
}

/** Reads and judges the environment. Throws `ConfigError` with a line for every mistake. */
export function readConfig(env: Environment): Config {
  const from = reader(env)
  const secrets = (from.text('DOLLR_JWT_SECRET') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
  if (secrets.some((secret) => secret.length < shortestSecret)) {
    from.refuse(
      `DOLLR_JWT_SECRET must have at least ${shortestSecret} characters (several, for rotation, are separated by commas).`,
    )
  }
  const [current, ...former] = secrets
  const publicUrl = from.url('DOLLR_PUBLIC_URL', ['http:', 'https:'])
  const mode = from.oneOf('DOLLR_MODE', ['sandbox', 'live'], 'sandbox')
  const config: Config = {
    mode,
    host: from.text('HOST') ?? '127.0.0.1',
    port: from.integer('PORT', 8080, [0, 65_535]),
    publicUrl,
    dataDir: resolve(from.text('DOLLR_DATA_DIR') ?? '.dollr'),
    databaseUrl: from.url('DATABASE_URL', ['postgres:', 'postgresql:']),
    databaseConnections: from.integer('DOLLR_DATABASE_CONNECTIONS', 10, [2, 1000]),
    jwtSecrets: current === undefined ? undefined : [current, ...former],
    receiptSigningKey: readReceiptKey(from),
    sandboxDelayMs: from.integer('DOLLR_SANDBOX_DELAY_MS', 2000, [0, 3_600_000]),
    sandboxCredentials: {
      clientId: from.text('DOLLR_SANDBOX_CLIENT_ID') ?? sandboxDefaults.clientId,
      clientSecret: from.text('DOLLR_SANDBOX_CLIENT_SECRET') ?? sandboxDefaults.clientSecret,
    },
    pawapay: {
      baseUrl:
        from.url('PAWAPAY_BASE_URL', ['http:', 'https:']) ?? (mode === 'live' ? 'https://api.pawapay.io' : undefined),
      apiToken: from.text('PAWAPAY_API_TOKEN') ?? sandboxDefaults.pawapayToken,
      timeoutMs: from.integer('PAWAPAY_TIMEOUT_MS', 10_000, [100, longestTimeoutMs]),
      callbackSignatures: from.oneOf('PAWAPAY_CALLBACK_SIGNATURES', ['required', 'optional'], 'optional'),
      callbackUrl:
        from.url('PAWAPAY_CALLBACK_URL', ['http:', 'https:']) ??
        (publicUrl === undefined ? undefined : publicUrl + callbackPath),
      signatureMaxAgeMs: from.integer('PAWAPAY_SIGNATURE_MAX_AGE_SECONDS', signatureMaxAgeSeconds, [60, 86_400]) * 1000,
      signing: readSigning(from),
    },
    stripe: readStripe(from, mode),
    callsPerMinute: from.integer('DOLLR_RATE_LIMIT_PER_MINUTE', 600, [1, 100_000_000]),
    tokenCallsPerMinute: from.integer('DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE', 30, [1, 100_000_000]),
    // The sandbox's few numbers decide what its payers do, and are many payers at once.
    promptGuardSeconds: from.integer('DOLLR_PROMPT_GUARD_SECONDS', mode === 'live' ? 300 : 0, [0, 3_600]),
    circuitUnknowns: from.integer('DOLLR_CIRCUIT_UNKNOWNS', mode === 'live' ? 10 : 0, [0, 1_000]),
    realtime: {
      anonKey: from.text('DOLLR_REALTIME_ANON_KEY') ?? sandboxDefaults.realtimeAnonKey,
      connections: from.integer('DOLLR_REALTIME_CONNECTIONS', 2_000, [1, 100_000]),
      connectionsPerAddress: from.integer('DOLLR_REALTIME_CONNECTIONS_PER_ADDRESS', 200, [1, 100_000]),
    },
    requestLogDays: from.integer('DOLLR_REQUEST_LOG_DAYS', 7, [0, 365]),
    trustProxy: from.oneOf('DOLLR_TRUST_PROXY', ['no', 'yes'], 'no') === 'yes',
    logLevel: from.oneOf('DOLLR_LOG_LEVEL', logLevels, 'info'),
  }
  if (mode === 'live') requireLive(config, from)
  if (from.mistakes.length > 0) throw new ConfigError(from.mistakes)
  return Object.freeze(config)
}
