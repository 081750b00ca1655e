import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'

/** An answer put in place of the network's own. */
export interface Spoken {
  readonly status: number
  readonly body: string
}

export interface Interpreter {
  readonly url: string
  /** What is answered to a look-up or a payment instead of what the network says; undefined passes the network's word on. */
  says: (call: 'deposit' | 'lookup', depositId: string) => Spoken | undefined
  readonly close: () => Promise<void>
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Stands between a server and its payment network and may put words into the network's mouth. */
export async function createInterpreter(network: string): Promise<Interpreter> {
  const server = createServer((request, response) => {
    void (async () => {
      const body = await read(request)
      const url = request.url ?? '/'
      const answer = await fetch(network + url, {
        method: request.method ?? 'GET',
        headers: { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' },
        ...(body.length > 0 && { body }),
      })
      const told = { status: answer.status, body: await answer.text() }
      const lookup = /^\/v2\/deposits\/([^/]+)$/.exec(url)?.[1]
      const deposit =
        url === '/v2/deposits' ? (JSON.parse(body.toString()) as { depositId: string }).depositId : undefined
      const spoken =
        (lookup === undefined ? undefined : interpreter.says('lookup', lookup)) ??
        (deposit === undefined ? undefined : interpreter.says('deposit', deposit)) ??
        told
      response.writeHead(spoken.status, { 'content-type': 'application/json' }).end(spoken.body)
    })().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const interpreter: Interpreter = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    says: () => undefined,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return interpreter
}
