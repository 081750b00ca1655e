import { stdout } from 'node:process'
import { Argument, type Command } from 'commander'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

/** What may stand behind some words. */
interface Step {
  /** The words before, as they are typed: empty for the first. */
  readonly path: string
  readonly words: readonly { readonly word: string; readonly says: string }[]
}

/** Every place in a command line at which there is something to complete. */
function stepsOf(command: Command, path: readonly string[] = []): readonly Step[] {
  const below = command.commands.filter((each) => each.name() !== 'help')
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  const words = [
    ...below.map((each) => ({ word: each.name(), says: each.summary() || each.description() })),
    ...choices.map((choice) => ({ word: choice, says: '' })),
    ...command.options.flatMap(({ long, description }) => (long == null ? [] : [{ word: long, says: description }])),
    { word: '--help', says: 'display help for command' },
  ]
  return [{ path: path.join(' '), words }, ...below.flatMap((each) => stepsOf(each, [...path, each.name()]))]
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** Every path that leads somewhere. Anything else among the words is a value, and what stands behind it changes nothing. */
const pathsOf = (steps: readonly Step[]): string[] => steps.map(({ path }) => path).filter((path) => path !== '')

const offers = (steps: readonly Step[], offer: (words: Step['words']) => string): string =>
  steps.map(({ path, words }) => `    ${quoted(path)}) ${offer(words)} ;;`).join('\n')

const bash = (steps: readonly Step[]): string => `_dollr() {
  local at='' word words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${at:+$at }$word" in
      ${pathsOf(steps).map(quoted).join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${offers(steps, (words) => `words=${quoted(words.map(({ word }) => word).join(' '))}`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _dollr dollr
`

const described = ({ word, says }: Step['words'][number]): string => quoted(`${word}:${says.replaceAll(':', '\\:')}`)

/** Read from a folder of functions this is the first call of the function; read by `source` it is not. */
const zsh = (steps: readonly Step[]): string => `#compdef dollr
_dollr() {
  local at='' word
  local -a candidates
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${at:+$at }$word" in
      ${pathsOf(steps).map(quoted).join(' | ')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at" in
${offers(steps, (words) => `candidates=(${words.map(described).join(' ')})`)}
  esac
  _describe 'dollr' candidates || _files
}
if [ "$funcstack[1]" = _dollr ]; then _dollr "$@"; else compdef _dollr dollr; fi
`

const fishString = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

const fish = (steps: readonly Step[]): string => `function __dollr_at
  set -l words (commandline -opc)
  set -e words[1]
  set -l at ''
  for word in $words
    set -l next (string trim -- "$at $word")
    contains -- $next ${pathsOf(steps).map(fishString).join(' ')}; and set at $next
  end
  test "$at" = "$argv[1]"
end
${steps
  .flatMap(({ path, words }) =>
    words.map(({ word, says }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${fishString(word)}`
      return `complete -c dollr -n ${fishString(`__dollr_at ${quoted(path)}`)} ${what} -d ${fishString(says)}`
    }),
  )
  .join('\n')}
`

const writers: Readonly<Record<Shell, (steps: readonly Step[]) => string>> = { bash, zsh, fish }

export const completionFor = (program: Command, shell: Shell): string => writers[shell](stepsOf(program))

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .helpGroup('To look into it:')
    .summary('what your shell needs to complete these commands')
    .description('Prints a script for a shell to read.')
    .addArgument(new Argument('<shell>', 'which one').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  $ dollr completion bash > ~/.local/share/bash-completion/completions/dollr
  $ dollr completion zsh > "\${fpath[1]}/_dollr"
  $ dollr completion fish > ~/.config/fish/completions/dollr.fish
`,
    )
    .action((shell: Shell) => {
      stdout.write(completionFor(program, shell))
    })
}
