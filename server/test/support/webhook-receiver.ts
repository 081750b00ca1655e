import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'

/** A delivery as a merchant's server got it. */
export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly event: {
    readonly id: string
    readonly type: string
    readonly sequence: number
    readonly data: Readonly<Record<string, unknown>>
  }
  readonly at: number
}

/** What to answer: a status, or anything by hand. */
export type Reaction = (
  received: ReceivedWebhook,
  response: ServerResponse,
) => number | undefined | Promise<number | undefined>

export interface WebhookReceiver {
  readonly url: string
  readonly received: readonly ReceivedWebhook[]
  will(react: Reaction): void
  close(): Promise<void>
}

/** A merchant's server: remembers what it was sent, and answers as it is told. */
export async function startReceiver(react: Reaction = () => 200, port = 0): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let reaction = react
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const webhook = {
        headers: request.headers,
        body,
        event: JSON.parse(body) as ReceivedWebhook['event'],
        at: Date.now(),
      }
      received.push(webhook)
      void Promise.resolve(reaction(webhook, response)).then((status) => {
        if (status !== undefined) response.writeHead(status).end('')
      })
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    will(next) {
      reaction = next
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}
