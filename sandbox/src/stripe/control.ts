import { randomBytes } from 'node:crypto'
import { isRecord } from '../http.ts'
import { invalid, missing } from './errors.ts'
import { readClock, readDial } from '../controls.ts'
import { answerFor } from './challenge.ts'
import { apiFaults, type Network, reset } from './network.ts'
import { listScenarios } from './scenarios.ts'
import { webhookFaults, webhookModes } from './webhooks.ts'

/** More than any test of repeated webhooks wants; a slip of the finger should not keep the sandbox busy for hours. */
const maxDeliveries = 1_000
const maxLatencyMs = 10 * 60_000

type Fields = Readonly<Record<string, unknown>>

const readBody = (body: unknown): Fields => {
  if (!isRecord(body)) throw invalid('The body must be a JSON object.')
  return body
}

const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  if (typeof value !== 'string') throw invalid(`Parameter '${name}' must be a string.`, { param: name })
  return value
}

const oneOf = <Word extends string>(fields: Fields, name: string, known: readonly Word[]): Word => {
  const word = known.find((each) => each === fields[name])
  if (word === undefined) throw invalid(`Parameter '${name}' must be one of ${known.join(', ')}.`, { param: name })
  return word
}

const wholeNumber = (fields: Fields, name: string, { min, max }: { min: number; max: number }): number => {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw invalid(`Parameter '${name}' must be a whole number from ${min} to ${max}.`, { param: name })
  return value
}

const httpUrl = (fields: Fields, name: string): string => {
  const url = text(fields, name)
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw invalid(`Parameter '${name}' must be an HTTP URL.`, { param: name })
  return url
}

const queueFault = (network: Network, body: unknown) => {
  const fields = readBody(body)
  network.faults.push({
    fault: oneOf(fields, 'fault', apiFaults),
    method: fields['method'] === undefined ? 'POST' : oneOf(fields, 'method', ['GET', 'POST']),
    path: fields['path'] === undefined ? '/v1/' : text(fields, 'path'),
  })
  return { queued: network.faults }
}

const queueWebhookFault = ({ webhooks }: Network, body: unknown) => {
  webhooks.faults.push(oneOf(readBody(body), 'fault', webhookFaults))
  return { queued: webhooks.faults }
}

const setWebhookMode = ({ webhooks }: Network, body: unknown) => {
  webhooks.mode = oneOf(readBody(body), 'mode', webhookModes)
  return { mode: webhooks.mode }
}

const setWebhookUrl = ({ worker }: Network, body: unknown) => {
  const url = httpUrl(readBody(body), 'url')
  worker.setUrl(url)
  return { url }
}

const allowReturnOrigin = ({ returnOrigins }: Network, body: unknown) => {
  returnOrigins.add(new URL(httpUrl(readBody(body), 'origin')).origin)
  return { origins: [...returnOrigins] }
}

const setLatency = (network: Network, body: unknown) => {
  network.latencyMs = wholeNumber(readBody(body), 'ms', { min: 0, max: maxLatencyMs })
  return { ms: network.latencyMs }
}

/** The old secret goes on being used beside the new one, as for a day at Stripe. */
export const rotateSecret = ({ webhooks }: Network): string => {
  const secret = `whsec_${randomBytes(24).toString('hex')}`
  webhooks.secrets = [secret, ...webhooks.secrets.slice(0, 1)]
  return secret
}

/** Sends an event's webhook the given number of times, one after the other, whatever the answers. */
export const deliverAgain = async ({ book, worker }: Network, id: string, times: number): Promise<void> => {
  const record = book.findEvent(id)
  if (record === undefined) throw missing('event', id, 'id', 404)
  if (worker.url === undefined) throw invalid('No webhook URL is set.')
  for (let delivery = 0; delivery < times; delivery += 1) await worker.deliverOnce(record)
}

const deliverEvent = async (network: Network, body: unknown) => {
  const fields = readBody(body)
  const times = fields['times'] === undefined ? 1 : wholeNumber(fields, 'times', { min: 1, max: maxDeliveries })
  await deliverAgain(network, text(fields, 'id'), times)
  return { id: fields['id'], times }
}

const misread = (name: string, form: string) => invalid(`Parameter '${name}' must be ${form}.`, { param: name })

const setClock = ({ clock }: Network, body: unknown) => {
  clock.set(readClock(readBody(body), misread))
  return { offsetMs: clock.offsetMs }
}

const setDial = ({ dial }: Network, body: unknown) => {
  const { seed, faults } = readDial(readBody(body), misread)
  dial.set(seed, faults)
  return { seed, injected: dial.injected }
}

/** The answer of a cardholder whose bank asks, without their browser. The intent is found by what its merchant calls it. */
const answerChallenge = (network: Network, body: unknown) => {
  const fields = readBody(body)
  const [name, value] = [text(fields, 'name'), text(fields, 'value')]
  const intent = Array.from(network.book.all('pi')).find(({ metadata }) => metadata[name] === value)
  if (intent?.status !== 'requires_action') throw missing('payment_intent', value, 'value', 404)
  answerFor(network, intent, oneOf(fields, 'answer', ['approve', 'refuse']) === 'approve')
  return { id: intent.id }
}

type Control = (network: Network, body: unknown) => unknown

/** For processes that cannot call the simulator's functions. */
export const controls: Readonly<Record<string, Control>> = {
  next: queueFault,
  'next-webhook': queueWebhookFault,
  'webhook-mode': setWebhookMode,
  'webhook-url': setWebhookUrl,
  'rotate-webhook-secret': (network) => ({ secret: rotateSecret(network) }),
  'return-origin': allowReturnOrigin,
  latency: setLatency,
  'deliver-event': deliverEvent,
  clock: setClock,
  dial: setDial,
  'answer-challenge': answerChallenge,
  reset: (network) => {
    reset(network)
    return {}
  },
}

/** What there is to read. */
export const views: Readonly<Record<string, (network: Network) => unknown>> = {
  requests: ({ requests }) => requests,
  scenarios: () => listScenarios(),
  dial: ({ dial }) => ({ injected: dial.injected }),
}
