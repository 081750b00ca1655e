import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { type Context } from '../context.ts'
import { openDocuments, type Documents } from './documents.ts'
import { addTools } from './tools.ts'

const instructions =
  'Documentation and a sandbox of Dollr, a payment platform. Look things up with search_docs and describe_operation before ' +
  'writing code against the API. An unanswered execution is never sent again under a new reference_id.'

function addResources(server: McpServer, documents: Documents): void {
  const template = new ResourceTemplate('dollr://docs/{kind}/{name}', {
    list: async () => ({
      resources: (await documents.list()).map(({ path, title }) => ({
        uri: `dollr://${path}`,
        name: title,
        mimeType: 'text/markdown',
      })),
    }),
  })
  server.registerResource(
    'documentation',
    template,
    { title: 'Guides and operations', description: 'One page each, as Markdown.', mimeType: 'text/markdown' },
    async (uri) => ({
      contents: [
        { uri: uri.href, mimeType: 'text/markdown', text: await documents.read(`${uri.host}${uri.pathname}`) },
      ],
    }),
  )
  server.registerResource(
    'openapi',
    'dollr://openapi.json',
    { title: 'OpenAPI description', description: 'Every operation and model.', mimeType: 'application/json' },
    async (uri) => ({
      contents: [{ uri: uri.href, mimeType: 'application/json', text: await documents.read('openapi.json') }],
    }),
  )
}

/** Speaks with whoever started us, over standard input and output, until they or somebody at the keyboard ends it. */
export async function serveAssistant(
  context: Context,
  { allowWrites, version }: { readonly allowWrites: boolean; readonly version: string },
): Promise<void> {
  const documents = openDocuments(context.settings.baseUrl)
  const server = new McpServer({ name: 'dollr', version }, { instructions })
  addResources(server, documents)
  addTools(server, context, { documents, allowWrites })
  const ended = new Promise<void>((resolve) => {
    server.server.onclose = resolve
    context.interrupted.addEventListener('abort', () => void server.close())
    // A client that is gone closes what it spoke through.
    process.stdin.once('end', () => void server.close())
  })
  await server.connect(new StdioServerTransport())
  await ended
}
