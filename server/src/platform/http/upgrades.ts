import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import { type Duplex } from 'node:stream'

export interface Upgrade {
  readonly request: IncomingMessage
  readonly socket: Duplex
  /** What the client sent behind its request. */
  readonly head: Buffer
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? '/'

const wantsWebsocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'

/** Headers that belong to the upgrade alone. Whether the connection stays open is left to the version's default. */
const ofTheUpgrade = /^(upgrade|connection|http2-settings)$/i

/** The request as it would have come from a client that asked for no upgrade. */
function withoutUpgrade({ method = 'GET', url = '/', httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !ofTheUpgrade.test(name) ? [`${name}: ${rawHeaders[index + 1] ?? ''}\r\n`] : [],
  )
  return Buffer.from(`${method} ${url} HTTP/${httpVersion}\r\n${lines.join('')}\r\n`, 'latin1')
}

/**
 * Takes the websockets of one path. Any other wish for an upgrade is passed over, as HTTP allows, and its request answered
 * like any other: clients that ask for HTTP/2 in this way, Java's among them, do so with their ordinary calls, and Node lets
 * a server that listens for upgrades answer none of those.
 */
export function takeWebsockets(server: Server, path: string, take: (upgrade: Upgrade) => void): void {
  server.on('upgrade', (request, socket, head) => {
    if (wantsWebsocket(request) && pathOf(request) === path) {
      take({ request, socket, head })
      return
    }
    socket.unshift(Buffer.concat([withoutUpgrade(request), head]))
    server.emit('connection', socket)
  })
}

/** Answers an upgrade with an error, and ends the connection. */
export function refuseUpgrade({ socket }: Upgrade, status: number, error: string): void {
  const body = JSON.stringify({ error })
  // Whoever hung up meanwhile needs no answer.
  socket.on('error', () => socket.destroy())
  // Nobody reads this socket any more: it would never see that the other side has hung up too.
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
      'Connection: close\r\nContent-Type: application/json; charset=utf-8\r\n' +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
