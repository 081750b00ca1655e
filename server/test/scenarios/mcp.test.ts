import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { getDefaultEnvironment, StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createMerchant, programs, startServer } from '../support/black-box/server-process.ts'
import { createTestDatabase } from '../support/database.ts'
import { createWorld } from '../support/black-box/world.ts'

/** `dollr mcp` as an assistant meets it: through the protocol's own client, over standard input and output. */
const world = await createWorld()
afterAll(world.close)

async function anAssistant(
  baseUrl: string,
  options: readonly string[] = [],
  settings: Readonly<Record<string, string>> = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' })
  const env = { ...getDefaultEnvironment(), DOLLR_BASE_URL: baseUrl, ...settings }
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args: [programs.cli, 'mcp', ...options], env }),
  )
  return client
}

async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { content, isError } = await client.callTool({ name, arguments: args })
  const [first] = content as readonly { readonly text: string }[]
  return { text: first?.text ?? '', isError: isError === true }
}

const answer = async <Answer>(client: Client, name: string, args?: Record<string, unknown>): Promise<Answer> => {
  const { text, isError } = await call(client, name, args)
  expect(isError, text).toBe(false)
  return JSON.parse(text) as Answer
}

describe('an assistant that only reads', () => {
  let client: Client
  beforeAll(async () => {
    client = await anAssistant(world.url())
  })
  afterAll(() => client.close())

  test('is offered nothing that changes anything', async () => {
    const { tools } = await client.listTools()
    expect(tools.map(({ name }) => name).sort()).toEqual([
      'describe_operation',
      'get_status',
      'list_events',
      'list_requests',
      'list_scenarios',
      'search_docs',
    ])
    expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([])
    expect((await call(client, 'reset')).isError).toBe(true)
  })

  test('finds the guide and the operation that it needs', async () => {
    const found = await answer<{ path: string; excerpt: string }[]>(client, 'search_docs', {
      query: 'verify webhook signature',
    })
    expect(found.map(({ path }) => path)).toContain('docs/guides/webhooks.md')
    const page = await call(client, 'describe_operation', { operation: 'POST /v1/executions/collection' })
    expect(page.text).toContain('# Charge the payer')
    expect((await call(client, 'describe_operation', { operation: 'collect' })).text).toBe(page.text)
    expect(await call(client, 'describe_operation', { operation: 'nothing' })).toMatchObject({ isError: true })
  })

  test('reads every page, and the description of the API', async () => {
    const { resources } = await client.listResources()
    expect(resources.length).toBeGreaterThan(60)
    const { contents } = await client.readResource({ uri: 'dollr://docs/guides/errors.md' })
    expect((contents[0] as { text: string }).text).toMatch(/^# Errors\n/)
    const { contents: description } = await client.readResource({ uri: 'dollr://openapi.json' })
    expect(JSON.parse((description[0] as { text: string }).text)).toHaveProperty('openapi')
  })

  test('is told why a question has no answer', async () => {
    expect(await call(client, 'get_status')).toEqual({
      text: 'Say a reference_id, or a source_type and a source_id.',
      isError: true,
    })
    expect((await call(client, 'get_status', { reference_id: crypto.randomUUID() })).isError).toBe(true)
  })

  test('sees scenarios and events', async () => {
    const { scenarios } = { scenarios: await answer<{ name: string }[]>(client, 'list_scenarios') }
    expect(scenarios.length).toBeGreaterThan(3)
    expect(await answer(client, 'list_events', { after: 'latest' })).toMatchObject({ events: [] })
  })
})

test('an assistant that may write pays, sees it end, and lets time pass', async () => {
  const client = await anAssistant(world.url(), ['--allow-writes'])
  try {
    const { tools } = await client.listTools()
    expect(tools.find(({ name }) => name === 'reset')?.annotations).toMatchObject({ destructiveHint: true })
    const payment = await answer<{ reference_id: string }>(client, 'create_test_payment', { amount: 12.5 })
    await expect
      .poll(() => call(client, 'get_status', { reference_id: payment.reference_id }), {
        timeout: 20_000,
        interval: 200,
      })
      .toMatchObject({ text: expect.stringContaining('"COMPLETED"') as unknown })
    expect((await call(client, 'create_test_payment', { amount: -1 })).isError).toBe(true)
    expect((await call(client, 'advance_clock', { seconds: 60 })).isError).toBe(false)
    expect((await call(client, 'set_fault', {})).isError).toBe(false)
  } finally {
    await client.close()
  }
})

test('real money is out of reach, whatever an assistant was allowed', async () => {
  const own = await createTestDatabase()
  const server = await startServer({
    DOLLR_MODE: 'live',
    DATABASE_URL: own.url,
    DOLLR_JWT_SECRET: 'a secret of over thirty-two characters',
    DOLLR_REALTIME_ANON_KEY: 'a key of over thirty-two characters',
    PAWAPAY_BASE_URL: 'http://127.0.0.1:9',
    PAWAPAY_API_TOKEN: 'a token',
    PORT: '0',
  })
  const { client_id, client_secret } = await createMerchant(own.url, 'Real')
  const client = await anAssistant(server.url, ['--allow-writes'], {
    DOLLR_CLIENT_ID: client_id,
    DOLLR_CLIENT_SECRET: client_secret,
  })
  try {
    for (const [name, args] of [
      ['create_test_payment', { amount: 1 }],
      ['reset', {}],
    ] as const) {
      const { text, isError } = await call(client, name, args)
      expect({ text, isError }).toMatchObject({
        text: expect.stringContaining('live server') as unknown,
        isError: true,
      })
    }
    expect((await own.pool.query('select from sources')).rowCount).toBe(0)
    expect(await answer(client, 'list_events', { after: 'latest' })).toMatchObject({ events: [] })
  } finally {
    await client.close()
    await server.end('SIGTERM')
  }
})

test('without a server, an assistant is told so and stays', async () => {
  const client = await anAssistant('http://127.0.0.1:9')
  try {
    const { text, isError } = await call(client, 'list_events')
    expect({ text, isError }).toMatchObject({
      text: expect.stringContaining('No Dollr answers') as unknown,
      isError: true,
    })
    expect((await call(client, 'search_docs', { query: 'webhooks' })).text).toContain('No Dollr answers')
  } finally {
    await client.close()
  }
})
