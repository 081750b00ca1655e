import { stdout } from 'node:process'
import { type Command } from 'commander'
import { bannerOf, factsOf } from './banner.ts'
import { environmentOf, type DevOptions } from './environment.ts'

export function addDev(program: Command): void {
  program
    .command('dev')
    .helpGroup('To try it:')
    .summary('start a sandbox on this machine: database, pretend payment networks, server')
    .description(
      'Starts a sandbox on this machine: a PostgreSQL of its own, pretend payment networks and the server. No real money ' +
        'moves. Ctrl-C stops all of it, and the next start goes on where this one ended.',
    )
    .option('--port <port>', 'port to listen on; 0 takes any free one (PORT, else 8080)')
    .option('--host <address>', 'address to listen on (HOST, else 127.0.0.1)')
    .option('--data-dir <folder>', 'where it keeps what it knows (DOLLR_DATA_DIR, else .dollr)')
    .option('--delay <milliseconds>', 'how long a pretend payer takes (DOLLR_SANDBOX_DELAY_MS, else 2000)')
    .addHelpText(
      'after',
      `
Every other setting is an environment variable, as for the server itself.

Examples:
  $ dollr dev
  $ dollr dev --port 8081 --data-dir ./other-sandbox
`,
    )
    .action(async (options: DevOptions, command: Command) => {
      const { json = false } = command.optsWithGlobals<{ readonly json?: boolean }>()
      const { serve } = await import('./serve.ts')
      await serve(environmentOf(process.env, options), (server) => {
        stdout.write(json ? `${JSON.stringify(factsOf(server))}\n` : bannerOf(server, 'npx dollr'))
      })
    })
}
