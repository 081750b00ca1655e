import { type SignatureEncoding, signatureEncodings } from './pawapay/signatures.ts'
import { type PawapaySimulatorOptions, startPawapaySimulator } from './pawapay/simulator.ts'
import { startStripeSimulator, type StripeSimulatorOptions } from './stripe/simulator.ts'

const defaultPort = 8090
const maxPort = 65_535
const maxDelayMs = 24 * 60 * 60_000

const text = (name: string): string | undefined => {
  const value = process.env[name]
  return value === '' ? undefined : value
}

const wholeNumber = (name: string, max: number): number | undefined => {
  const value = text(name)
  if (value === undefined) return undefined
  if (!/^[0-9]{1,10}$/.test(value) || Number(value) > max)
    throw new Error(`${name} must be a whole number up to ${max}.`)
  return Number(value)
}

const yesOrNo = (name: string): boolean => {
  const value = text(name) ?? 'no'
  if (value !== 'yes' && value !== 'no') throw new Error(`${name} must be yes or no.`)
  return value === 'yes'
}

const httpUrl = (name: string, value: string): string => {
  if (!/^https?:/.test(value) || !URL.canParse(value)) throw new Error(`${name} must hold HTTP addresses.`)
  return value
}

const readEncoding = (): SignatureEncoding => {
  const value = text('PAWAPAY_SIM_SIGNATURE_ENCODING') ?? 'der'
  const known = signatureEncodings.find((each) => each === value)
  if (known === undefined) throw new Error(`PAWAPAY_SIM_SIGNATURE_ENCODING must be ${signatureEncodings.join(' or ')}.`)
  return known
}

const readPawapayOptions = (): PawapaySimulatorOptions => {
  const host = text('PAWAPAY_SIM_HOST')
  const callbackUrl = text('PAWAPAY_SIM_CALLBACK_URL')
  const payerDelayMs = wholeNumber('PAWAPAY_SIM_DELAY_MS', maxDelayMs)
  const journalFile = text('PAWAPAY_SIM_JOURNAL')
  return {
    port: wholeNumber('PAWAPAY_SIM_PORT', maxPort) ?? defaultPort,
    apiToken: text('PAWAPAY_SIM_TOKEN') ?? 'sandbox-token',
    signatures: { signedCallbacks: yesOrNo('PAWAPAY_SIM_SIGNED_CALLBACKS'), encoding: readEncoding() },
    ...(host !== undefined && { host }),
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(payerDelayMs !== undefined && { payerDelayMs }),
    ...(journalFile !== undefined && { journalFile }),
  }
}

const readStripeOptions = (port: number): StripeSimulatorOptions => {
  const host = text('STRIPE_SIM_HOST')
  const webhookUrl = text('STRIPE_SIM_WEBHOOK_URL')
  const publicUrl = text('STRIPE_SIM_PUBLIC_URL')
  const delayMs = wholeNumber('STRIPE_SIM_DELAY_MS', maxDelayMs)
  const journalFile = text('STRIPE_SIM_JOURNAL')
  const origins = (text('STRIPE_SIM_RETURN_ORIGINS') ?? '').split(',').filter((origin) => origin !== '')
  return {
    port,
    apiKey: text('STRIPE_SIM_API_KEY') ?? 'sk_test_sandbox',
    publishableKey: text('STRIPE_SIM_PUBLISHABLE_KEY') ?? 'pk_test_sandbox',
    webhookSecret: text('STRIPE_SIM_WEBHOOK_SECRET') ?? 'whsec_sandbox',
    allowedReturnOrigins: origins.map((origin) => httpUrl('STRIPE_SIM_RETURN_ORIGINS', origin)),
    ...(host !== undefined && { host }),
    ...(webhookUrl !== undefined && { webhookUrl: httpUrl('STRIPE_SIM_WEBHOOK_URL', webhookUrl) }),
    ...(publicUrl !== undefined && { publicUrl: httpUrl('STRIPE_SIM_PUBLIC_URL', publicUrl) }),
    ...(delayMs !== undefined && { delayMs }),
    ...(journalFile !== undefined && { journalFile }),
  }
}

interface Started {
  readonly name: string
  readonly url: string
  readonly close: () => Promise<void>
}

/** A port says which are wanted; without any it is pawaPay alone, as ever. */
async function* startWanted(): AsyncGenerator<Started> {
  const stripePort = wholeNumber('STRIPE_SIM_PORT', maxPort)
  if (stripePort === undefined || text('PAWAPAY_SIM_PORT') !== undefined) {
    const pawapay = await startPawapaySimulator(readPawapayOptions())
    yield { name: 'pawaPay', url: pawapay.url, close: () => pawapay.close() }
  }
  if (stripePort !== undefined) {
    const stripe = await startStripeSimulator(readStripeOptions(stripePort))
    yield { name: 'Stripe', url: stripe.url, close: () => stripe.close() }
  }
}

const started: Started[] = []
const closeAll = async (): Promise<void> => {
  await Promise.all(started.map(({ close }) => close()))
}

try {
  for await (const simulator of startWanted()) started.push(simulator)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void closeAll())
  for (const { name, url } of started) process.stdout.write(`${name} sandbox ready at ${url}\n`)
} catch (error) {
  // A port in use or a mistyped setting: the message says all there is to say.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  await closeAll()
}
