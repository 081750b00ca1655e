import { type Command } from 'commander'
import { withServer } from '../context.ts'

export function addMcp(program: Command): void {
  program
    .command('mcp')
    .helpGroup('To look into it:')
    .summary('let an assistant read the documentation and look into the sandbox')
    .description(
      'Serves the documentation and tools to an assistant, by the Model Context Protocol, over standard input and output.\n' +
        'It only reads, unless told otherwise, and what changes anything works in a sandbox only.',
    )
    .option('--allow-writes', 'also make test payments, act as their payers, and work the sandbox')
    .addHelpText(
      'after',
      `
An assistant is told to start it by a setting such as:
  { "mcpServers": { "dollr": { "command": "npx", "args": ["dollr", "mcp"] } } }
`,
    )
    .action(({ allowWrites = false }: { readonly allowWrites?: boolean }, command: Command) =>
      withServer(command, async (context) => {
        const { serveAssistant } = await import('./serve.ts')
        await serveAssistant(context, { allowWrites, version: program.version() ?? 'unknown' })
      }),
    )
}
