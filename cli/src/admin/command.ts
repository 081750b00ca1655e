import { type Command } from 'commander'

/** What an operator's command is called when it is reached through us. */
const calledAs = 'dollr admin'

/**
 * The operator's commands take options of their own, `--json` among them, and tell their usage themselves: all that stands
 * behind `admin` is theirs.
 */
export function addAdmin(program: Command): void {
  program
    .command('admin')
    .helpGroup('To run it:')
    .summary("the operator's commands: merchants, API keys, passcodes, fees, reconciliation and more")
    .description('Merchants, API keys, passcodes, wallets, fees, rates, books, receipt keys and reconciliation.')
    .argument('[command...]', '"dollr admin help" lists them')
    .action(() => runAdminCommand([]))
}

export async function runAdminCommand(args: readonly string[]): Promise<void> {
  const { runAdmin } = await import('@dollr/server/admin')
  await runAdmin(args, calledAs)
}
