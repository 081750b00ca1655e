import { type SignatureEncoding, signatureEncodings } from './pawapay/signatures.ts'
import { type PawapaySimulatorOptions, startPawapaySimulator } from './pawapay/simulator.ts'

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

const readEncoding = (): SignatureEncoding => {
  const value = text('PAWAPAY_SIM_SIGNATURE_ENCODING') ?? 'der'
  const known = signatureEncodings.find((each) => each === value)
  if (known === undefined) throw new Error(`PAWAPAY_SIM_SIGNATURE_ENCODING must be ${signatureEncodings.join(' or ')}.`)
  return known
}

const readOptions = (): PawapaySimulatorOptions => {
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

try {
  const simulator = await startPawapaySimulator(readOptions())
  process.stdout.write(`pawaPay sandbox ready at ${simulator.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.close())
} catch (error) {
  // A port in use or a mistyped setting: the message says all there is to say.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
