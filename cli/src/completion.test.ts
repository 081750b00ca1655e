import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { completionFor } from './completion.ts'
import { createProgram } from './program.ts'

const script = completionFor(createProgram(), 'bash')

/** What a real bash offers at the end of a line. */
function offered(line: string): string[] {
  const words = line.split(' ')
  const asked = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _dollr; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

test('bash completes commands, what stands below them, and what they take', () => {
  expect(offered('dollr st')).toEqual(['status'])
  expect(offered('dollr sandbox cl')).toEqual(['clock'])
  expect(offered('dollr sandbox clock ')).toContain('advance')
  expect(offered('dollr sandbox --json faults set oper')).toEqual(['operator_closed'])
  expect(offered('dollr export ')).toEqual(expect.arrayContaining(['hledger', 'beancount', '--currency']))
  expect(offered('dollr collect --fr')).toEqual(['--from'])
  expect(offered('dollr collect 25 --from 231881234567 --cur')).toEqual(['--currency'])
})

test('zsh and fish are told of every command', () => {
  const names = createProgram().commands.map((command) => command.name())
  for (const shell of ['zsh', 'fish'] as const) {
    const text = completionFor(createProgram(), shell)
    for (const name of names.filter((each) => each !== 'help')) expect(text).toContain(name)
  }
})
