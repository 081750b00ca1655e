import { type ProviderReference } from '../../kernel/ids.ts'
import { type HttpClient } from '../../platform/http-client.ts'
import { type Logger } from '../../platform/log.ts'
import { type Finding, type Outcome, type Provider } from '../provider.ts'
import { declined, findOffer, fromInitiation, fromLookup, providerCode, toDepositRequest } from './translate.ts'
import {
  type ActiveConfiguration,
  ActiveConfiguration as ConfigurationAnswer,
  Callback,
  InitiationAnswer,
  LookupAnswer,
} from './wire.ts'

export interface PawapayOptions {
  readonly baseUrl: string
  readonly apiToken: string
  readonly http: HttpClient
  readonly log: Logger
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** A null says no more than a missing key. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => value ?? undefined)
  } catch {
    return undefined
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The connector for pawaPay's Merchant API v2: the same code for their sandbox, their production and our simulator. */
export function createPawapay({ baseUrl, apiToken, http, log }: PawapayOptions): Provider {
  const headers = {
    authorization: `Bearer ${apiToken}`,
    accept: 'application/json',
    'content-type': 'application/json; charset=utf-8',
  }
  let configuration: ActiveConfiguration | undefined

  return {
    name: 'PAWAPAY',

    async submit(order): Promise<Outcome> {
      if (providerCode(order.method) === undefined) return { kind: 'unknown', reason: `no code for ${order.method}` }
      try {
        const body = JSON.stringify(toDepositRequest(order))
        const answer = await http.send({ method: 'POST', url: `${baseUrl}/v2/deposits`, headers, body })
        const read = readJson(answer.body)
        if (!InitiationAnswer.Check(read)) return { kind: 'unknown', reason: `HTTP ${answer.status}, unreadable` }
        return fromInitiation(answer.status, read)
      } catch (error) {
        return { kind: 'unknown', reason: reasonOf(error) }
      }
    },

    async find(reference): Promise<Finding> {
      try {
        const answer = await http.send({ method: 'GET', url: `${baseUrl}/v2/deposits/${reference}`, headers })
        const read = readJson(answer.body)
        if (answer.status !== 200 || !LookupAnswer.Check(read)) {
          return { kind: 'unknown', reason: `HTTP ${answer.status}, unreadable` }
        }
        if (read.data && read.data.depositId.toLowerCase() !== reference) {
          return { kind: 'unknown', reason: 'the answer is about another payment' }
        }
        return fromLookup(read)
      } catch (error) {
        return { kind: 'unknown', reason: reasonOf(error) }
      }
    },

    neverReceived: () => declined('NOT_RECEIVED'),

    readCallback(body) {
      const read = readJson(body)
      return Callback.Check(read) && uuid.test(read.depositId)
        ? (read.depositId.toLowerCase() as ProviderReference)
        : undefined
    },

    offer: (method, operation, currency) => configuration && findOffer(configuration, method, operation, currency),

    async refresh() {
      try {
        const answer = await http.send({ method: 'GET', url: `${baseUrl}/v2/active-conf`, headers })
        const read = readJson(answer.body)
        if (answer.status !== 200 || !ConfigurationAnswer.Check(read)) {
          log.error({ provider: 'PAWAPAY', status: answer.status }, 'active configuration unreadable')
          return
        }
        configuration = read
      } catch (error) {
        log.error({ provider: 'PAWAPAY', err: error }, 'active configuration not read')
      }
    },
  }
}
