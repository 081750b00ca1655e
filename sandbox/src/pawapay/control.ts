import { isRecord } from '../http.ts'
import { BadRequest } from './failures.ts'
import { deliverCallback, depositFaults, type Network } from './network.ts'

/** More than any test of repeated callbacks wants; a slip of the finger should not keep the sandbox busy for hours. */
const maxDeliveries = 1_000

const readBody = (body: unknown): Readonly<Record<string, unknown>> => {
  if (!isRecord(body)) throw new BadRequest('INVALID_INPUT', 'The body must be a JSON object.')
  return body
}

const invalid = (name: string, form: string) =>
  new BadRequest('INVALID_PARAMETER', `Parameter '${name}' must be ${form}.`)

export const queueFault = (network: Network, body: unknown) => {
  const { fault } = readBody(body)
  const known = depositFaults.find((each) => each === fault)
  if (known === undefined) throw invalid('fault', `one of ${depositFaults.join(', ')}`)
  network.faults.push(known)
  return { queued: network.faults }
}

export const setCallbackUrl = (network: Network, body: unknown) => {
  const { url } = readBody(body)
  if (typeof url !== 'string' || !/^https?:/.test(url) || !URL.canParse(url)) throw invalid('url', 'an HTTP URL')
  network.callbacks.setUrl(url)
  return { url }
}

export const deliverAgain = async (network: Network, body: unknown) => {
  const { depositId, times = 1 } = readBody(body)
  if (typeof depositId !== 'string') throw invalid('depositId', 'a string')
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1 || times > maxDeliveries)
    throw invalid('times', `a whole number from 1 to ${maxDeliveries}`)
  await deliverCallback(network, depositId, times)
  return { depositId, times }
}
