import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What can happen to a call between a client and a server, and still be nobody's fault. */
export const networkFaults = [
  'none',
  /** It never arrives. */
  'lost request',
  /** It is carried out, and nobody hears of it. */
  'lost reply',
  /** It is carried out, and something in between says it was not. */
  'error after effect',
  'error before effect',
  /** Half of the answer arrives. */
  'cut reply',
  /** It arrives twice. */
  'repeated request',
  /** It arrives when its sender has long given it up. */
  'late request',
] as const
export type NetworkFault = (typeof networkFaults)[number]

export interface FaultProxy {
  readonly url: string
  /** What befalls the calls from now on, one fault each; nothing any more once they are used up. */
  readonly befall: (faults: readonly NetworkFault[]) => void
  /** What has befallen them since. */
  readonly befallen: () => readonly NetworkFault[]
  /** Resolves once no call is on its way any more. */
  readonly quiet: () => Promise<void>
  readonly close: () => Promise<void>
}

interface Carried {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: Buffer<ArrayBuffer>
}

/** They belong to one connection and not to what is carried on it. */
const ofTheConnection = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'expect']

async function read(request: IncomingMessage): Promise<Carried> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && !ofTheConnection.includes(name)) headers.set(name, value)
  }
  return { method: request.method ?? 'GET', path: request.url ?? '/', headers, body: Buffer.concat(chunks) }
}

const lateMs = 60

export async function startFaultProxy(target: () => string): Promise<FaultProxy> {
  let coming: NetworkFault[] = []
  let befallen: NetworkFault[] = []
  const onTheirWay = new Set<Promise<unknown>>()

  const carry = async ({ method, path, headers, body }: Carried) => {
    const answer = await fetch(target() + path, { method, headers, ...(body.length > 0 && { body }) })
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()) }
  }

  const handOver = async (call: Carried, response: ServerResponse, bytes?: number): Promise<void> => {
    const { status, headers, body } = await carry(call)
    // Unpacked on its way here.
    const kept = [...headers].filter(([name]) => ![...ofTheConnection, 'content-encoding'].includes(name))
    response.writeHead(status, { ...Object.fromEntries(kept), 'content-length': body.length })
    if (bytes === undefined) response.end(body)
    else response.write(body.subarray(0, bytes), () => response.destroy())
  }

  const answer = async (fault: NetworkFault, call: Carried, response: ServerResponse): Promise<void> => {
    switch (fault) {
      case 'none':
        return handOver(call, response)
      case 'lost request':
        response.destroy()
        return
      case 'lost reply':
        await carry(call)
        response.destroy()
        return
      case 'error after effect':
        await carry(call)
        response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
        return
      case 'error before effect':
        response.writeHead(503, { 'retry-after': '1' }).end('{"detail":"Service Unavailable"}')
        return
      case 'cut reply':
        return handOver(call, response, 10)
      case 'repeated request':
        await Promise.all([handOver(call, response), carry(call)])
        return
      case 'late request':
        response.destroy()
        await pause(lateMs)
        await carry(call)
        return
    }
  }

  const server = createServer((request, response) => {
    const fault = coming.shift() ?? 'none'
    befallen.push(fault)
    const work: Promise<void> = read(request)
      .then((call) => answer(fault, call, response))
      // Whoever called has gone, or was sent away.
      .catch(() => {
        response.destroy()
      })
      .finally(() => onTheirWay.delete(work))
    onTheirWay.add(work)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    befall(faults) {
      coming = [...faults]
      befallen = []
    },
    befallen: () => befallen,
    async quiet() {
      while (onTheirWay.size > 0) await Promise.all(onTheirWay)
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
