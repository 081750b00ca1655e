import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type PaymentView } from '@dollr/sandbox'
import { type Environment, launch, pause, printed, type Program, programs } from './server-process.ts'

/** Several processes of the server on one database, each of which may die at any moment and comes back. */
export interface Node {
  readonly name: string
  /** `kill -9`, and a start in its place. */
  readonly kill: () => Promise<void>
  readonly end: () => Promise<void>
  /** What it met and had not foreseen, in all its lives. */
  readonly complaints: () => readonly string[]
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => {
        resolve(port)
      })
    })
  })

const quiet: Environment = {
  DOLLR_LOG_LEVEL: 'error',
  DOLLR_RATE_LIMIT_PER_MINUTE: '100000000',
  DOLLR_TOKEN_RATE_LIMIT_PER_MINUTE: '100000000',
}

const startsToTry = 200

/** A process that is started again until it runs: its database may be away as well. */
async function startNode(name: string, role: 'serve' | 'work', env: Environment): Promise<Node> {
  const start = async (): Promise<Program> => {
    for (let tries = 1; ; tries += 1) {
      const program = await launch(programs.server, [role], { ...quiet, ...env })
      try {
        await printed(program, role === 'serve' ? /Dollr serves (\S+)/ : /Dollr works/)
        return program
      } catch (error) {
        await program.end()
        if (tries === startsToTry) throw error
        await pause(100)
      }
    }
  }
  const complaints: string[] = []
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await program.end(signal)
    complaints.push(
      ...program
        .output()
        .split('\n')
        .filter((line) => line.includes('request failed')),
    )
  }
  let program = await start()
  return {
    name,
    async kill() {
      await end('SIGKILL')
      program = await start()
    },
    end: () => end('SIGTERM'),
    complaints: () => complaints,
  }
}

export interface Fleet {
  /** Where the serving processes answer. */
  readonly urls: readonly string[]
  readonly nodes: readonly Node[]
  readonly network: RemoteNetwork
  readonly end: () => Promise<void>
}

/** The network's own account of what it moved. */
export interface RemoteNetwork {
  readonly payments: () => Promise<readonly PaymentView[]>
  /** When each payment was final, by its id, in milliseconds of the clock. */
  readonly finalAt: () => Promise<ReadonlyMap<string, number>>
}

interface Accepted {
  readonly event?: string
  readonly terms?: { readonly id: string; readonly acceptedAtMs: number; readonly delayMs: number }
}

function remoteNetwork(url: string, token: string, journal: string): RemoteNetwork {
  return {
    async payments() {
      const lists = await Promise.all(
        ['deposits', 'payouts', 'refunds'].map(async (name) => {
          const answer = await fetch(`${url}/_sandbox/${name}`, { headers: { authorization: `Bearer ${token}` } })
          if (!answer.ok) throw new Error(`the network answered ${answer.status}`)
          return (await answer.json()) as readonly PaymentView[]
        }),
      )
      return lists.flat()
    },
    async finalAt() {
      const lines = (await readFile(journal, 'utf8')).split('\n').filter((line) => line !== '')
      return new Map(
        lines
          .map((line) => JSON.parse(line) as Accepted)
          .flatMap(({ terms }) => (terms ? [[terms.id, terms.acceptedAtMs + terms.delayMs] as const] : [])),
      )
    },
  }
}

/** Two processes that serve, two that work, and the network, each on its own. */
export async function startFleet(databaseUrl: string, folder: string): Promise<Fleet> {
  const [networkPort, first, second] = [await freePort(), await freePort(), await freePort()]
  const journal = join(folder, 'network.jsonl')
  const token = 'sandbox-token'
  const network = await launch(programs.simulators, [], {
    PAWAPAY_SIM_PORT: String(networkPort),
    PAWAPAY_SIM_TOKEN: token,
    PAWAPAY_SIM_CALLBACK_URL: `http://127.0.0.1:${first}/callbacks/pawapay`,
    PAWAPAY_SIM_DELAY_MS: '100',
    PAWAPAY_SIM_JOURNAL: journal,
  })
  const networkUrl = await printed(network, /ready at (\S+)/)
  const env = {
    DATABASE_URL: databaseUrl,
    PAWAPAY_BASE_URL: networkUrl,
    PAWAPAY_API_TOKEN: token,
    PAWAPAY_TIMEOUT_MS: '2000',
  }
  // One before the others, which find the tables made.
  const nodes = [await startNode('serving 1', 'serve', { ...env, PORT: String(first) })]
  nodes.push(
    ...(await Promise.all([
      startNode('serving 2', 'serve', { ...env, PORT: String(second) }),
      startNode('working 1', 'work', env),
      startNode('working 2', 'work', env),
    ])),
  )
  return {
    urls: [first, second].map((port) => `http://127.0.0.1:${port}`),
    nodes,
    network: remoteNetwork(networkUrl, token, journal),
    async end() {
      await Promise.all(nodes.map((node) => node.end()))
      await network.end('SIGTERM')
    },
  }
}
