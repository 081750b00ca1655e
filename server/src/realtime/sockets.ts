import { createHash, timingSafeEqual } from 'node:crypto'
import { type IncomingMessage, type Server } from 'node:http'
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws'
import { refuseUpgrade, takeWebsockets, type Upgrade } from '../platform/http/upgrades.ts'
import { type Connection, type ConnectionContext, openConnection } from './connection.ts'
import { type Serializer, serializers } from './frames.ts'

export const websocketPath = '/realtime/v1/websocket'

export interface Sockets {
  /** Takes the websockets of a server from now on. */
  attach(server: Server): void
  /** Drops whoever fell silent or reads too slowly, and ends what has expired. */
  sweep(): void
  /** Says goodbye to everybody and takes nobody any more. */
  close(): Promise<void>
}

export interface SocketsOptions extends Omit<ConnectionContext, 'channels'> {
  /** Believe `X-Forwarded-For`: only behind a proxy that sets it. */
  readonly trustProxy: boolean
}

const goingAway = 1001
/** How long a client may take over its goodbye, ours or its own. */
const goodbyeMs = 1_000

interface Client {
  readonly socket: WebSocket
  readonly connection: Connection
  readonly address: string
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

function addressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string {
  const [forwarded = ''] = trustProxy ? [headers['x-forwarded-for'] ?? []].flat().join(',').split(',') : []
  return forwarded.trim() === '' ? (socket.remoteAddress ?? '') : forwarded.trim()
}

export function createSockets({ trustProxy, ...shared }: SocketsOptions): Sockets {
  const { anonKey, limits, log } = shared
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: limits.frameBytes,
    closeTimeout: goodbyeMs,
  }
  const acceptor = new WebSocketServer(options)
  const context: ConnectionContext = { ...shared, channels: { count: 0 } }
  const clients = new Set<Client>()
  const perAddress = new Map<string, number>()
  const expectedKey = digest(anonKey)
  let isClosed = false

  const count = (address: string, change: 1 | -1): void => {
    const now = (perAddress.get(address) ?? 0) + change
    if (now === 0) perAddress.delete(address)
    else perAddress.set(address, now)
  }

  /** How to speak with whoever asks, or why not at all. */
  const judge = (parameters: URLSearchParams, address: string): Serializer | [status: number, error: string] => {
    if (isClosed) return [503, 'the server is stopping']
    if (!timingSafeEqual(digest(parameters.get('apikey') ?? ''), expectedKey)) return [401, 'invalid apikey']
    if (clients.size >= limits.connections) return [429, 'too many connections']
    if ((perAddress.get(address) ?? 0) >= limits.connectionsPerAddress)
      return [429, 'too many connections from this address']
    // The first version had no number to ask for.
    const wanted = parameters.get('vsn') ?? '1.0.0'
    return serializers.find((each) => each === wanted) ?? [400, `vsn must be one of ${serializers.join(', ')}`]
  }

  const welcome = (socket: WebSocket, serializer: Serializer, address: string): void => {
    const connection = openConnection(context, serializer, {
      send: (text) => {
        socket.send(text)
        if (socket.bufferedAmount > limits.bufferedBytes) socket.terminate()
      },
      hangUp: (code, reason) => {
        socket.close(code, reason)
      },
    })
    const client = { socket, connection, address }
    clients.add(client)
    count(address, 1)
    socket.on('message', (message: Buffer, isBinary) => {
      // Binary frames carry broadcasts, which there are none of here.
      if (!isBinary) connection.receive(message.toString('utf8'))
    })
    socket.on('close', () => {
      connection.end()
      clients.delete(client)
      count(address, -1)
    })
    // Too large a frame, text that is no UTF-8, a connection reset: the close comes right behind.
    socket.on('error', (error) => {
      log.debug({ err: error }, 'a realtime connection broke')
    })
  }

  const take = (upgrade: Upgrade): void => {
    const { request, socket, head } = upgrade
    const parameters = new URLSearchParams((request.url ?? '').split('?')[1] ?? '')
    const address = addressOf(request, trustProxy)
    const verdict = judge(parameters, address)
    if (Array.isArray(verdict)) refuseUpgrade(upgrade, ...verdict)
    else {
      acceptor.handleUpgrade(request, socket, head, (accepted) => {
        welcome(accepted, verdict, address)
      })
    }
  }

  return {
    attach(server) {
      takeWebsockets(server, websocketPath, take)
    },
    sweep() {
      for (const { socket, connection } of clients) {
        if (socket.bufferedAmount > limits.bufferedBytes) socket.terminate()
        else connection.sweep()
      }
    },
    async close() {
      isClosed = true
      await Promise.all(
        [...clients].map(({ socket, connection }) => {
          const gone = new Promise((resolve) => socket.once('close', resolve))
          connection.end()
          socket.close(goingAway, 'the server is stopping')
          return gone
        }),
      )
    },
  }
}
