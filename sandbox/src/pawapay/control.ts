import { isRecord } from '../http.ts'
import { decimalPlacesOf, isMinimalDecimal } from './amounts.ts'
import { findProvider } from './configuration.ts'
import { BadRequest } from './failures.ts'
import { readClock, readDial } from '../controls.ts'
import { deliverCallback, ignore, type Network, paymentFaults, reset, settle } from './network.ts'
import { type OperationType, operationTypes, providerStatuses } from './operations.ts'
import { rotateKey, signatureEncodings, signatureFaults } from './signatures.ts'
import { type PaymentView, paymentView } from './wire.ts'

/** More than any test of repeated callbacks wants; a slip of the finger should not keep the sandbox busy for hours. */
const maxDeliveries = 1_000

const readBody = (body: unknown): Readonly<Record<string, unknown>> => {
  if (!isRecord(body)) throw new BadRequest('INVALID_INPUT', 'The body must be a JSON object.')
  return body
}

const invalid = (name: string, form: string) =>
  new BadRequest('INVALID_PARAMETER', `Parameter '${name}' must be ${form}.`)

const text = (value: unknown, name: string): string => {
  if (typeof value !== 'string') throw invalid(name, 'a string')
  return value
}

const oneOf = <Word extends string>(known: readonly Word[], value: unknown, name: string): Word => {
  const word = known.find((each) => each === value)
  if (word === undefined) throw invalid(name, `one of ${known.join(', ')}`)
  return word
}

export const viewsOf = ({ book }: Network, operation: OperationType): readonly PaymentView[] =>
  Array.from(book.all(operation), (payment) => paymentView(payment, book.statusNow(payment)))

export const queueFault = (network: Network, body: unknown) => {
  const { fault } = readBody(body)
  network.faults.push(oneOf(paymentFaults, fault, 'fault'))
  return { queued: network.faults }
}

export const queueSignatureFault = ({ signatures }: Network, body: unknown) => {
  const { fault } = readBody(body)
  signatures.faults.push(oneOf(signatureFaults, fault, 'fault'))
  return { queued: signatures.faults }
}

export const rotateNow = ({ signatures }: Network) => ({ id: rotateKey(signatures) })

export const setSignatureEncoding = ({ signatures }: Network, body: unknown) => {
  const { encoding } = readBody(body)
  signatures.encoding = oneOf(signatureEncodings, encoding, 'encoding')
  return { encoding }
}

export const setCallbackUrl = (network: Network, body: unknown) => {
  const { url } = readBody(body)
  if (typeof url !== 'string' || !/^https?:/.test(url) || !URL.canParse(url)) throw invalid('url', 'an HTTP URL')
  network.callbacks.setUrl(url)
  return { url }
}

export const deliverAgain = async (network: Network, body: unknown) => {
  const { id, times = 1 } = readBody(body)
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > maxDeliveries)
    throw invalid('times', `a whole number from 1 to ${maxDeliveries}`)
  await deliverCallback(network, text(id, 'id'), times)
  return { id, times }
}

export const settleNow = (network: Network, body: unknown) => {
  const { id, failureCode } = readBody(body)
  settle(network, text(id, 'id'), failureCode === undefined ? undefined : text(failureCode, 'failureCode'))
  return { id, failureCode }
}

/** Also for tests that hold the simulator itself: a switch that does not exist moves nothing. */
export const setProviderStatus = (network: Network, body: unknown) => {
  const { provider, operation, status } = readBody(body)
  if (findProvider(text(provider, 'provider')) === undefined) throw invalid('provider', 'a provider of the account')
  const change = {
    provider: text(provider, 'provider'),
    operation: oneOf(operationTypes, operation, 'operation'),
    status: oneOf(providerStatuses, status, 'status'),
  }
  network.book.switchProvider(change)
  return change
}

export const setWalletBalance = (network: Network, body: unknown) => {
  const { country, currency, balance } = readBody(body)
  const wallet = { country: text(country, 'country'), currency: text(currency, 'currency') }
  if (!network.book.wallets.has(wallet)) throw invalid('country', 'that of a wallet in the currency')
  const amount = text(balance, 'balance')
  if (!isMinimalDecimal(amount) || decimalPlacesOf(amount) > 2)
    throw invalid('balance', 'an amount in minimal decimal form with at most 2 decimal places')
  network.book.setBalance({ ...wallet, balance: amount })
  return { ...wallet, balance: amount }
}

export const ignoreNow = (network: Network, body: unknown) => {
  const id = text(readBody(body)['id'], 'id')
  ignore(network, id)
  return { id }
}

const misread = (name: string, form: string) => invalid(name, form)

export const setClock = ({ clock }: Network, body: unknown) => {
  clock.set(readClock(readBody(body), misread))
  return { offsetMs: clock.offsetMs }
}

export const setDial = ({ dial }: Network, body: unknown) => {
  const { seed, faults } = readDial(readBody(body), misread)
  dial.set(seed, faults)
  return { seed, injected: dial.injected }
}

export const resetNow = (network: Network) => {
  reset(network)
  return {}
}
