import { type KeyObject } from 'node:crypto'
import { type Clock } from '../../kernel/clock.ts'
import { finalStatuses, type OperationType } from '../../kernel/enums.ts'
import { type ProviderReference } from '../../kernel/ids.ts'
import { Problem } from '../../kernel/problem.ts'
import { type HttpClient } from '../../platform/http-client.ts'
import { type Logger } from '../../platform/log.ts'
import { type Finding, type Outcome, type PaymentOrder, type Provider, type ReadCallback } from '../provider.ts'
import { type CallbackSettings, trustOf, verifyCallback } from './callbacks.ts'
import { createKeyring } from './keys.ts'
import { createRequestSigner, type SigningKey } from './request-signer.ts'
import { readPublicKey } from './signatures.ts'
import {
  declined,
  findOffer,
  findStatus,
  fromCancellation,
  fromInitiation,
  fromLookup,
  fromPayment,
  idOf,
  isCarried,
  isInitiationPath,
  mayBeOwnDoing,
  methodOf,
  operationOf,
  pathOf,
  providerCode,
  toRequest,
} from './translate.ts'
import {
  type ActiveConfiguration,
  ActiveConfiguration as ConfigurationAnswer,
  Callback,
  CallbackPayment,
  InitiationAnswer,
  LookupAnswer,
  PredictionAnswer,
  PublicKeys,
} from './wire.ts'

export interface PawapayOptions {
  readonly baseUrl: string
  readonly apiToken: string
  readonly http: HttpClient
  readonly log: Logger
  readonly clock: Clock
  readonly callbacks: CallbackSettings
  /** For an account that takes signed requests only. */
  readonly signing: SigningKey | undefined
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A null says no more than a missing key. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => value ?? undefined)
  } catch {
    return undefined
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const unknown = (reason: string): Extract<Outcome, { kind: 'unknown' }> => ({ kind: 'unknown', reason })

interface Answer {
  readonly status: number
  readonly read: unknown
}

type Call = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Answer>

const contentType = 'application/json; charset=utf-8'

function createCall({ baseUrl, apiToken, http, signing, clock }: PawapayOptions): Call {
  const sign = signing && createRequestSigner(signing, clock)
  return async (method, path, value) => {
    const url = baseUrl + path
    const body = value === undefined ? undefined : JSON.stringify(value)
    const headers = {
      authorization: `Bearer ${apiToken}`,
      accept: 'application/json',
      'content-type': contentType,
      ...(body !== undefined && isInitiationPath(path) && sign?.({ method, url, contentType, body })),
    }
    const answer = await http.send({ method, url, headers, ...(body !== undefined && { body }) })
    return { status: answer.status, read: readJson(answer.body) }
  }
}

async function initiate(call: Call, order: PaymentOrder): Promise<Outcome> {
  if (providerCode(order.method) === undefined || 'card' in order) return unknown(`no code for ${order.method}`)
  try {
    const { status, read } = await call('POST', pathOf(order.operation), toRequest(order))
    return InitiationAnswer.Check(read) ? fromInitiation(status, read) : unknown(`HTTP ${status}, unreadable`)
  } catch (error) {
    return unknown(reasonOf(error))
  }
}

async function lookUp(call: Call, operation: OperationType, reference: ProviderReference): Promise<Finding> {
  if (!isCarried(operation)) return unknown(`no name for ${operation}`)
  try {
    const { status, read } = await call('GET', `${pathOf(operation)}/${reference}`)
    if (status !== 200 || !LookupAnswer.Check(read)) return unknown(`HTTP ${status}, unreadable`)
    if (read.data && idOf(read.data) !== reference) return unknown('the answer is about another payment')
    return fromLookup(read)
  } catch (error) {
    return unknown(reasonOf(error))
  }
}

/** Their public keys by name. One that cannot be read is left out, and whatever it signed is by an unknown key. */
async function readKeys(call: Call, log: Logger): Promise<ReadonlyMap<string, KeyObject> | undefined> {
  try {
    const { status, read } = await call('GET', '/v2/public-key/http')
    if (status === 200 && PublicKeys.Check(read)) {
      return new Map(
        read.flatMap(({ id, key: pem }) => {
          const key = readPublicKey(pem)
          return key ? [[id, key] as const] : []
        }),
      )
    }
    log.error({ provider: 'PAWAPAY', status }, 'public keys unreadable')
  } catch (error) {
    log.error({ provider: 'PAWAPAY', err: error }, 'public keys not read')
  }
  return undefined
}

/** The final word a callback has on a payment, if it has one. */
function claimOf(read: unknown): ReadCallback['claim'] {
  if (!CallbackPayment.Check(read)) return undefined
  const outcome = fromPayment(read)
  return outcome.kind === 'completed' || outcome.kind === 'declined'
    ? { operation: operationOf(read), outcome }
    : undefined
}

/** Its payments are found by our reference alone. */
export interface Pawapay extends Provider {
  find(operation: OperationType, reference: ProviderReference): Promise<Finding>
}

/** The connector for pawaPay's Merchant API v2: the same code for their sandbox, their production and our simulator. */
export function createPawapay(options: PawapayOptions): Pawapay {
  const { log, clock, callbacks: settings } = options
  const call = createCall(options)
  const findKey = createKeyring(clock, () => readKeys(call, log))
  let configuration: ActiveConfiguration | undefined

  return {
    name: 'PAWAPAY',

    async submit(order) {
      const answer = await initiate(call, order)
      if (!mayBeOwnDoing(answer)) return answer
      // A refusal would stand for good: that the payment is not theirs under an earlier request is asked first.
      const found = await lookUp(call, order.operation, order.reference)
      return found.kind === 'not_found' ? answer : found
    },

    find: (operation, reference) => lookUp(call, operation, reference),

    neverReceived: () => declined('NOT_RECEIVED'),

    async readCallback(request) {
      const read = readJson(request.body.toString('utf8'))
      const id = Callback.Check(read) ? idOf(read) : undefined
      const { verification, signature } = await verifyCallback({ clock, findKey, settings }, request)
      const trust = trustOf(verification, settings)
      return {
        reference: id !== undefined && uuid.test(id) ? (id as ProviderReference) : undefined,
        trust,
        tells: Callback.Check(read) ? finalStatuses.find((each) => each === read.status) : undefined,
        verification,
        signature,
        claim: trust === 'believed' ? claimOf(read) : undefined,
      }
    },

    async cancelEnqueued(operation, reference) {
      try {
        const { status, read } = await call('POST', `${pathOf(operation)}/fail-enqueued/${reference}`)
        return InitiationAnswer.Check(read) ? fromCancellation(status, read) : 'unknown'
      } catch (error) {
        log.warn({ provider: 'PAWAPAY', err: error }, 'cancellation not answered')
        return 'unknown'
      }
    },

    async predictMethod(phone) {
      try {
        const { status, read } = await call('POST', '/v2/predict-provider', { phoneNumber: phone })
        return status === 200 && PredictionAnswer.Check(read) ? methodOf(read.provider) : undefined
      } catch (error) {
        log.warn({ provider: 'PAWAPAY', err: error }, 'operator of a number not predicted')
        return undefined
      }
    },

    offer(method, operation, currency) {
      // Not known is not the same as not offered: the caller may come back.
      if (!configuration) throw new Problem('unavailable', 'Service Unavailable')
      return findOffer(configuration, method, operation, currency)
    },

    statusOf: (method, operation) => (configuration ? findStatus(configuration, method, operation) : 'NOT_READ'),

    async refresh() {
      try {
        const { status, read } = await call('GET', '/v2/active-conf')
        if (status !== 200 || !ConfigurationAnswer.Check(read)) {
          log.error({ provider: 'PAWAPAY', status }, 'active configuration unreadable')
          return false
        }
        configuration = read
        return true
      } catch (error) {
        log.error({ provider: 'PAWAPAY', err: error }, 'active configuration not read')
        return false
      }
    },
  }
}
