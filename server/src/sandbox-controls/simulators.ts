import { Unavailable } from '../kernel/problem.ts'
import { type HttpClient } from '../platform/http-client.ts'

/** Where a network answers, and the key to it. */
export interface SimulatorAddress {
  readonly baseUrl: string
  readonly token: string
}

/** What a simulator said to a control of its own: the status, and the body if it is one. */
export interface Said {
  readonly status: number
  readonly body: unknown
}

/** A pretend network, known by its address alone. */
export interface Simulator {
  /** Undefined where what answers is no simulator. Throws `Unavailable` where nothing answers. */
  get(control: string): Promise<unknown>
  /** What it objects to is for the caller to judge. Throws `Unavailable` where nothing answers. */
  post(control: string, body: unknown): Promise<Said>
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const retryAfterSeconds = 5

export function createSimulator(name: string, { baseUrl, token }: SimulatorAddress, http: HttpClient): Simulator {
  const call = async (method: 'GET' | 'POST', control: string, body?: unknown): Promise<Said> => {
    const answer = await http
      .send({
        method,
        url: `${baseUrl}/_sandbox/${control}`,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      .catch(() => {
        throw new Unavailable(`The simulator of ${name} does not answer`, retryAfterSeconds)
      })
    return { status: answer.status, body: readJson(answer.body) }
  }
  return {
    async get(control) {
      const { status, body } = await call('GET', control)
      return status === 200 ? body : undefined
    },
    post: (control, body) => call('POST', control, body),
  }
}

/** The networks of a sandbox. One that is none of ours, such as a provider's own sandbox, is left out. */
export interface Simulators {
  readonly pawapay: Simulator | undefined
  readonly stripe: Simulator | undefined
}

export const everySimulator = ({ pawapay, stripe }: Simulators): readonly Simulator[] =>
  [pawapay, stripe].filter((each) => each !== undefined)
