import { type McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { type CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { type Context, failureOf } from '../context.ts'
import { CommandFailed } from '../exit.ts'
import { charge, writeInvoice } from '../payments/collect.ts'
import { control, readScenarios } from '../sandbox/calls.ts'
import { type Documents } from './documents.ts'

type Say = (work: () => Promise<unknown>) => Promise<CallToolResult>

const said = (value: unknown): CallToolResult => ({
  content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value, undefined, 2) }],
})

/** What was refused is an answer too: whoever asked reads why, and asks better. */
const speaker =
  ({ settings }: Context): Say =>
  async (work) => {
    try {
      return said(await work())
    } catch (error) {
      const failure = failureOf(error, settings)
      if (failure instanceof CommandFailed) return { ...said(failure.message), isError: true }
      throw failure
    }
  }

const reading = { readOnlyHint: true, openWorldHint: false } as const
const changing = { readOnlyHint: false, destructiveHint: false, openWorldHint: false } as const
const destroying = { readOnlyHint: false, destructiveHint: true, openWorldHint: false } as const

const limit = z.number().int().min(1).max(100).default(20)
const uuid = z.uuid().describe('The reference_id of a payment.')

function addDocumentTools(server: McpServer, documents: Documents, say: Say): void {
  server.registerTool(
    'search_docs',
    {
      title: 'Search the documentation',
      description: 'Finds guides and operations of the API by words. Read a whole page with the resource of its path.',
      inputSchema: { query: z.string().min(1).max(200) },
      annotations: reading,
    },
    ({ query }) => say(() => documents.search(query)),
  )
  server.registerTool(
    'describe_operation',
    {
      title: 'Describe an operation of the API',
      description:
        'What an operation takes, what it answers, an example and its refusals. Name it by its operation id, such as ' +
        '"collect", or by verb and path, such as "POST /v1/executions/collection".',
      inputSchema: { operation: z.string().min(1).max(200) },
      annotations: reading,
    },
    ({ operation }) =>
      say(async () => {
        const pages = await documents.list()
        const found = pages.find(
          ({ path, text }) => path === `docs/reference/${operation}.md` || text.includes(`\n\`${operation}\`\n`),
        )
        if (!found) throw new CommandFailed(`There is no operation "${operation}". Find it with search_docs.`)
        return found.text
      }),
  )
}

function addReadingTools(server: McpServer, context: Context, say: Say): void {
  const { dollr } = context
  server.registerTool(
    'get_status',
    {
      title: 'How a payment or a document stands',
      description:
        'A payment, payout, transfer or refund by its reference_id, with everything that happened to it; or an invoice or ' +
        'order by source_type and source_id.',
      inputSchema: {
        reference_id: uuid.optional(),
        source_type: z.enum(['INVOICE', 'ORDER']).optional(),
        source_id: z.number().int().optional(),
      },
      annotations: reading,
    },
    ({ reference_id: reference, source_type: type, source_id: id }) =>
      say(() => {
        if (reference !== undefined) return dollr.executions.timeline({ reference_id: reference })
        if (type !== undefined && id !== undefined) return dollr.status.source({ source_type: type, source_id: id })
        throw new CommandFailed('Say a reference_id, or a source_type and a source_id.')
      }),
  )
  server.registerTool(
    'list_events',
    {
      title: 'What happened',
      description:
        'Events, oldest first: of payments, documents, sessions. Begin after one that you know; "latest" is now.',
      inputSchema: { after: z.string().optional(), type: z.string().optional(), limit },
      annotations: reading,
    },
    (query) => say(() => dollr.request('GET', '/v1/events', { query })),
  )
  server.registerTool(
    'list_requests',
    {
      title: 'Which calls were made',
      description:
        'The request log, newest first, with bodies, warnings and without secrets. To see why a call failed.',
      inputSchema: {
        reference_id: uuid.optional(),
        path: z.string().optional(),
        status: z.number().int().min(100).max(599).optional(),
        limit,
      },
      annotations: reading,
    },
    (query) => say(() => dollr.request('GET', '/v1/requests', { query })),
  )
  server.registerTool(
    'list_scenarios',
    {
      title: 'Which payers the sandbox has',
      description: 'Phones and cards, and what each brings about: paid, declined, too little money, no answer.',
      annotations: reading,
    },
    () => say(() => readScenarios(context)),
  )
}

function addWritingTools(server: McpServer, context: Context, say: Say): void {
  /** Only a sandbox has a clock to be read: money that is real is never touched. */
  const inSandbox = (work: () => Promise<unknown>): Promise<CallToolResult> =>
    say(async () => {
      await control(context, 'GET', '/clock')
      return work()
    })

  server.registerTool(
    'create_test_payment',
    {
      title: 'Make a payment in the sandbox',
      description:
        'Writes an invoice and charges it to a phone or a card of list_scenarios. Answers the payment as begun.',
      inputSchema: {
        amount: z.number().positive().describe('In major units: 12.5.'),
        currency: z.enum(['USD', 'LRD', 'RWF']).default('USD'),
        from: z.string().default('231881234567').describe('A phone with country code, or a card as pm_...'),
        note: z.string().default('Test payment'),
      },
      annotations: changing,
    },
    ({ amount, currency, from, note }) =>
      inSandbox(async () => {
        const collection = { from, currency, name: 'Test Customer' }
        return charge(context, collection, await writeInvoice(context, collection, { amount, note }))
      }),
  )
  for (const action of ['approve', 'decline'] as const) {
    server.registerTool(
      `${action}_payment`,
      {
        title: `Let a payer ${action}`,
        description: `Lets the pretend payer of a waiting payment ${action} it.`,
        inputSchema: { reference_id: uuid },
        annotations: changing,
      },
      ({ reference_id: reference }) =>
        inSandbox(() => control(context, 'POST', `/payments/${encodeURIComponent(reference)}/${action}`)),
    )
  }
  server.registerTool(
    'advance_clock',
    {
      title: 'Let time pass in the sandbox',
      description: 'Sessions expire and what is due is done, as if that much time had gone by.',
      inputSchema: { seconds: z.number().int().min(1) },
      annotations: changing,
    },
    ({ seconds }) => inSandbox(() => control(context, 'POST', '/clock/advance', { seconds })),
  )
  server.registerTool(
    'set_fault',
    {
      title: 'Make something go wrong in the sandbox',
      description:
        'For the next calls, or a share of all. In place of what was set before. No fault at all: all goes well.',
      inputSchema: {
        fault: z
          .enum(['lost_reply', 'error_after_effect', 'slow', 'duplicate_callback', 'lost_callback', 'operator_closed'])
          .optional(),
        next: z.number().int().min(1).optional().describe('How many of the next calls.'),
        rate: z.number().gt(0).max(1).optional().describe('Or: which share of all calls.'),
        path: z.string().optional().describe('Only calls to paths that begin so.'),
        seed: z.number().int().min(0).optional(),
      },
      annotations: { ...changing, idempotentHint: true },
    },
    ({ seed, fault, ...rest }) =>
      inSandbox(() =>
        fault === undefined
          ? control(context, 'DELETE', '/faults')
          : control(context, 'PUT', '/faults', { seed, faults: [{ fault, ...rest }] }),
      ),
  )
  server.registerTool(
    'reset',
    {
      title: 'Begin the sandbox anew',
      description: 'Everything that was made in the sandbox is gone: documents, payments, events.',
      annotations: destroying,
    },
    () => inSandbox(() => control(context, 'POST', '/reset')),
  )
}

/** Reading is always there. What changes anything has been asked for, and works in a sandbox only. */
export function addTools(
  server: McpServer,
  context: Context,
  { documents, allowWrites }: { readonly documents: Documents; readonly allowWrites: boolean },
): void {
  const say = speaker(context)
  addDocumentTools(server, documents, say)
  addReadingTools(server, context, say)
  if (allowWrites) addWritingTools(server, context, say)
}
