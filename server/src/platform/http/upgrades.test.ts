import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { refuseUpgrade, takeWebsockets } from './upgrades.ts'

let server: Server
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** A server that repeats what it is asked, and refuses the websockets of one path as a teapot would. */
async function start(): Promise<void> {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method, url, headers } = request
      response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }))
    })
  })
  takeWebsockets(server, '/live', (upgrade) => {
    refuseUpgrade(upgrade, 418, 'no coffee')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

/** Says something over one connection, piece by piece, and answers with all that came back. */
async function say(...pieces: readonly string[]): Promise<string> {
  await start()
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8')
  let heard = ''
  socket.on('data', (text: string) => (heard += text))
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  socket.end()
  await closed
  return heard
}

const bodiesIn = (heard: string): Record<string, unknown>[] =>
  [...heard.matchAll(/^\{.*\}/gm)].map(([body]) => JSON.parse(body) as Record<string, unknown>)

const websocket = 'Connection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n'

test.each(['GET /live HTTP/1.1', 'GET /live?apikey=1 HTTP/1.1'])(
  '%s is taken when it asks for a websocket',
  async (line) => {
    const heard = await say(`${line}\r\nHost: here\r\n${websocket}`)
    expect(heard).toMatch(
      /^HTTP\/1\.1 418 I'm a Teapot\r\n[^]*Connection: close\r\n[^]*\r\n\r\n\{"error":"no coffee"\}$/,
    )
  },
)

test.each([
  ['a websocket on another path', `GET /other HTTP/1.1\r\nHost: here\r\n${websocket}`],
  ['a websocket below the path', `GET /live/x HTTP/1.1\r\nHost: here\r\n${websocket}`],
  ['another protocol on the path', 'GET /live HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'],
  ['a verb that opens no websocket', `POST /live HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n${websocket}`],
])('%s is answered like any other request', async (_what, request) => {
  const heard = await say(request)
  expect(heard).toMatch(/^HTTP\/1\.1 200 OK/)
  const [body] = bodiesIn(heard)
  expect(body?.['headers']).not.toHaveProperty('upgrade')
})

const http2 = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'

test('a call that would rather be HTTP/2 keeps its body, its headers and its connection', async () => {
  const heard = await say(
    `POST /v1/things?x=1 HTTP/1.1\r\nHost: here\r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 11\r\n${http2}\r\nhello`,
    ' world',
    `POST /chunks HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n${http2}\r\n5\r\nhello\r\n`,
    '0\r\n\r\n',
    'GET /plain HTTP/1.1\r\nHost: here\r\n\r\n',
  )
  const bodies = bodiesIn(heard)
  expect(bodies).toMatchObject([
    { method: 'POST', url: '/v1/things?x=1', body: 'hello world', headers: { host: 'here', 'x-twice': 'a, b' } },
    { method: 'POST', url: '/chunks', body: 'hello' },
    { method: 'GET', url: '/plain', body: '' },
  ])
  for (const { headers } of bodies) expect(headers).not.toHaveProperty('http2-settings')
})
