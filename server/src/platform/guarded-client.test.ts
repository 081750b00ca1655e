import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isPublicAddress, isPublicOrLocalAddress } from './addresses.ts'
import { createGuardedClient, createPublicResolve, type GuardedClientOptions, type Resolve } from './guarded-client.ts'

const closing: (() => unknown)[] = []
let received: { readonly request: IncomingMessage; readonly body: string }[] = []

beforeEach(() => {
  received = []
})
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return portOf(server)
}

/** Answers as it is told and remembers what it was sent. */
const aReceiver = (answer: RequestListener): Promise<number> =>
  listen(
    createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        received.push({ request, body: Buffer.concat(chunks).toString() })
        answer(request, response)
      })
    }),
  )

const ok: RequestListener = (_request, response) => response.end('fine')

function aClient(its: Partial<GuardedClientOptions> = {}) {
  const client = createGuardedClient({
    allows: isPublicOrLocalAddress,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    timeoutMs: 2_000,
    ...its,
  })
  closing.push(client.close)
  return client
}

const refused = { kind: 'silent', reason: 'address_refused' }

test('posts, and answers what came back', async () => {
  const port = await aReceiver((_request, response) => {
    response.writeHead(503, { 'retry-after': '7' }).end('later')
  })
  const answer = await aClient().post(`http://shop.example:${port}/hook?a=1`, { 'x-a': 'b' }, '{"a":1}')
  expect(answer).toMatchObject({ kind: 'answered', status: 503, retryAfter: '7', body: 'later' })
  expect(received).toMatchObject([
    { request: { method: 'POST', url: '/hook?a=1', headers: { 'x-a': 'b' } }, body: '{"a":1}' },
  ])
})

test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '0177.0.0.1', '0.0.0.0', '[fe80::1]'])(
  'http://%s is not connected to where only the internet is allowed',
  async (host) => {
    const port = await aReceiver(ok)
    expect(await aClient({ allows: isPublicAddress }).post(`http://${host}:${port}/`, {}, '')).toMatchObject(refused)
    expect(received).toEqual([])
  },
)

test('a name with one bad address among good ones is refused', async () => {
  const port = await aReceiver(ok)
  const resolve: Resolve = async () => [
    { address: '93.184.215.14', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ]
  const client = aClient({ allows: isPublicAddress, resolve })
  expect(await client.post(`http://shop.example:${port}/`, {}, '')).toMatchObject(refused)
  expect(received).toEqual([])
})

test('a name that is good when judged and bad when connected to is judged again: rebinding leads nowhere', async () => {
  const port = await aReceiver((_request, response) => {
    response.setHeader('connection', 'close')
    response.end('fine')
  })
  const answers = ['127.0.0.1', '169.254.169.254', '169.254.169.254']
  const asked: string[] = []
  const client = aClient({
    resolve: async (hostname) => {
      asked.push(hostname)
      return [{ address: answers.shift() ?? '', family: 4 }]
    },
  })
  const url = `http://shop.example:${port}/`
  expect(await client.post(url, {}, '')).toMatchObject({ kind: 'answered', status: 200 })
  expect(await client.post(url, {}, '')).toMatchObject(refused)
  // Whatever was judged is what was connected to: nobody else asks for the name.
  expect(asked).toEqual(['shop.example', 'shop.example'])
  expect(received).toHaveLength(1)
})

test('the address that was judged is the one that is connected to, whatever else the name would say', async () => {
  const port = await aReceiver(ok)
  const client = aClient({ resolve: async () => [{ address: '127.0.0.1', family: 4 }] })
  expect(await client.post(`http://no-such-name.invalid:${port}/`, {}, '')).toMatchObject({ status: 200 })
})

test('redirects are answers and are not followed', async () => {
  const port = await aReceiver((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end())
  expect(await aClient().post(`http://shop.example:${port}/`, {}, '')).toMatchObject({ status: 307 })
  expect(received).toHaveLength(1)
})

test('a proxy of the environment is not asked', async () => {
  const port = await aReceiver(ok)
  const before = { ...process.env }
  Object.assign(process.env, { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' })
  closing.push(() => (process.env = before))
  expect(await aClient().post(`http://shop.example:${port}/`, {}, '')).toMatchObject({ status: 200 })
})

test('of a long answer the beginning is kept, and an endless one is cut off', async () => {
  let sent = 0
  const port = await aReceiver((_request, response) => {
    const chunk = Buffer.alloc(16 * 1024, 'a')
    const more = (): void => {
      sent += chunk.length
      if (!response.destroyed && response.write(chunk)) setImmediate(more)
      else response.once('drain', more)
    }
    more()
  })
  const answer = await aClient().post(`http://shop.example:${port}/`, {}, '')
  expect(answer).toMatchObject({ kind: 'answered', status: 200, body: 'a'.repeat(1024) })
  expect(answer.durationMs).toBeLessThan(1_500)
  expect(sent).toBeLessThan(64 * 1024 * 1024)
})

test('a body that trickles does not hold the status back for longer than the limit', async () => {
  const port = await aReceiver((_request, response) => {
    response.writeHead(200)
    response.write('well')
  })
  const answer = await aClient({ timeoutMs: 200 }).post(`http://shop.example:${port}/`, {}, '')
  expect(answer).toMatchObject({ kind: 'answered', status: 200, body: 'well' })
  expect(answer.durationMs).toBeLessThan(1_500)
})

test('an answer that never comes is a timeout', async () => {
  const port = await aReceiver(() => undefined)
  const answer = await aClient({ timeoutMs: 200 }).post(`http://shop.example:${port}/`, {}, '')
  expect(answer).toMatchObject({ kind: 'silent', reason: 'timeout' })
  expect(answer.durationMs).toBeLessThan(1_500)
})

test('so is a name that nobody answers', async () => {
  const client = aClient({ timeoutMs: 200, resolve: () => new Promise(() => undefined) })
  expect(await client.post('http://shop.example/', {}, '')).toMatchObject({ kind: 'silent', reason: 'timeout' })
})

test('nobody listens, nobody is called that, somebody hangs up, somebody speaks no TLS', async () => {
  const hangsUp = createPlainServer((socket) => socket.destroy())
  await new Promise<void>((resolve) => hangsUp.listen(0, '127.0.0.1', resolve))
  const port = portOf(hangsUp)
  const client = aClient()
  expect(await client.post(`http://shop.example:${port}/`, {}, '')).toMatchObject({ reason: 'connection_broken' })
  await new Promise((resolve) => hangsUp.close(resolve))
  expect(await client.post(`http://shop.example:${port}/`, {}, '')).toMatchObject({ reason: 'connection_refused' })
  expect(await client.post(`https://shop.example:${await aReceiver(ok)}/`, {}, '')).toMatchObject({ reason: 'tls' })
  const nobody = aClient({ resolve: async () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })) })
  expect(await nobody.post('http://shop.example/', {}, '')).toMatchObject({ reason: 'name_not_found' })
})

test('bytes that are no text, and null characters, become text that can be stored', async () => {
  const port = await aReceiver((_request, response) => response.end(Buffer.from([0x61, 0x00, 0xff, 0x62])))
  expect(await aClient().post(`http://shop.example:${port}/`, {}, '')).toMatchObject({ body: 'a\uFFFD\uFFFDb' })
})

test('a name that ends in .invalid has no address', async () => {
  await expect(createPublicResolve()('no-such-name.invalid')).rejects.toMatchObject({ code: 'ENOTFOUND' })
}, 20_000)
