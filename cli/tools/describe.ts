import { type Command } from 'commander'
import { createProgram } from '../src/program.ts'

const introduction = `# The command line

\`dollr\` runs a sandbox, tries it out, brings its events to your server, and shows what happens in it. It comes with the
package that is the server: \`npm run pack\` writes \`artefacts/dollr-0.1.0.tgz\`, which \`npm install\` takes in any folder.

\`\`\`sh
npx dollr dev                                                # in one terminal
npx dollr listen --forward-to http://localhost:3000/webhooks # in another
npx dollr trigger paid-checkout                              # and in a third
\`\`\`

## Settings

| variable                               | default                 | meaning                                                             |
| -------------------------------------- | ----------------------- | ------------------------------------------------------------------- |
| \`DOLLR_BASE_URL\`                       | \`http://127.0.0.1:8080\` | where the server is; \`--base-url\` wins                              |
| \`DOLLR_CLIENT_ID\`                      | the sandbox's           | who you are to it, together with \`DOLLR_CLIENT_SECRET\`              |
| \`DOLLR_CLIENT_SECRET\`                  | the sandbox's           | never taken from the command line, which others on a machine can read |
| \`DOLLR_PASSCODE\`, \`DOLLR_PASSCODE_PHONE\` | the sandbox's           | what approves payouts                                               |
| \`DOLLR_WEBHOOK_SECRET\`                 | made once for each user | what \`listen\` and \`events replay\` sign with                         |
| \`XDG_CONFIG_HOME\`, \`XDG_STATE_HOME\`    | \`~/.config\`, \`~/.local/state\` | where, below \`dollr/\`, that secret and the place of \`listen\` are kept |
| \`NO_COLOR\`                             |                         | no colours; there are none either where nobody looks on             |

\`dev\`, \`verify\`, \`export\` and \`admin\` read the settings of the server besides.

## Output and exit codes

What was asked for is on standard output; what happens on the way is on standard error. With \`--json\` standard output is
one JSON document and nothing else, or one a line where there is no end to them: \`listen\`, \`logs\`, \`events\`.

| code | means                                                                                            |
| ---- | ------------------------------------------------------------------------------------------------ |
| \`0\`  | done                                                                                             |
| \`1\`  | refused, or failed: also a payment that ended as \`FAILED\`                                        |
| \`2\`  | there is no such command, or not with these options                                              |
| \`3\`  | nobody can say yet how it ended: ask with \`dollr status\` before anything is paid again           |
| \`4\`  | no server answers                                                                                |

A payment's reference is printed before its payer is asked. Ctrl-C ends the watching, and not the payment.

## Commands
`

/** The help of a command as it is printed, in a width that fits a page. */
function helpOf(command: Command): string {
  let text = ''
  command.configureHelp({ showGlobalOptions: false }).configureOutput({
    writeOut: (written) => {
      text += written
    },
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}

/** Those that do something themselves, each with the words that call it. */
const callable = (command: Command, path: readonly string[]): readonly (readonly [string, Command])[] =>
  command.commands
    .filter((each) => each.name() !== 'help')
    .flatMap((each) => [[[...path, each.name()].join(' '), each] as const, ...callable(each, [...path, each.name()])])

/** docs/cli.md, as it follows from what the commands say of themselves. */
export function describeCommands(): string {
  const sections = callable(createProgram(), ['dollr']).map(
    ([name, command]) => `### ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
  )
  return [introduction, ...sections].join('\n')
}
