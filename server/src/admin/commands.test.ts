import { expect, test } from 'vitest'
import { UsageError } from './command.ts'
import { formatAnswer, parseCommand, usageOf } from './commands.ts'

const complaintAbout = (...args: string[]): string => {
  try {
    parseCommand(args)
    return 'none'
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

test.each([
  [['merchants', 'create', '--name', 'Kollie Market', '--type', 'ORGANIZATION', '--verified']],
  [['merchants', 'list']],
  [['merchants', 'list', '--json']],
  [['--json', 'merchants', 'list']],
  [['keys', 'issue', '--merchant', '1']],
  [['keys', 'rotate', '--client-id', 'dollr_abc']],
  [['keys', 'revoke', '--client-id=dollr_abc']],
  [['keys', 'list']],
  [['wallets', 'list', '--merchant', '1']],
])('%j is a command', (args) => {
  expect(parseCommand(args)).toMatchObject({ json: args.includes('--json') })
})

test.each([
  [[], 'Name a command.'],
  [['--json'], 'Name a command.'],
  [['merchants'], 'There is no command "merchants".'],
  [['merchants', 'delete'], 'There is no command "merchants delete".'],
  [['merchants', 'list', 'all'], 'There is no command "merchants list all".'],
  [['toString'], 'There is no command "toString".'],
  [['__proto__'], 'There is no command "__proto__".'],
])('%j is none', (args, complaint) => {
  expect(complaintAbout(...args)).toBe(complaint)
})

test.each([[['merchants', 'list', '--colour', 'red']], [['merchants', 'create', '--name']], [['keys', 'list', '-x']]])(
  '%j has an option there is not',
  (args) => {
    expect(complaintAbout(...args)).toMatch(/--colour|--name|-x/)
  },
)

test('every command is in the usage', () => {
  for (const name of [
    'merchants create',
    'merchants list',
    'keys issue',
    'keys rotate',
    'keys revoke',
    'keys list',
    'wallets list',
  ]) {
    expect(usageOf('dollr admin')).toContain(`  ${name}`)
  }
})

test('a record is printed as keys and values, in columns', () => {
  expect(formatAnswer({ id: 1, name: 'Kollie Market', email: null, verified: true })).toBe(
    ['id        1', 'name      Kollie Market', 'email     -', 'verified  true'].join('\n'),
  )
})

test('a list is printed as a table', () => {
  expect(
    formatAnswer([
      { merchant_id: 1, currency: 'USD', balance: '257.50' },
      { merchant_id: 12, currency: 'RWF', balance: '0' },
    ]),
  ).toBe(['merchant_id  currency  balance', '1            USD       257.50', '12           RWF       0'].join('\n'))
})

test('no line ends in spaces, and an empty list says so', () => {
  expect(formatAnswer([{ a: 'long value', b: '' }])).toBe('a           b\nlong value')
  expect(formatAnswer([])).toBe('None.')
})
