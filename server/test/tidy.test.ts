import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** House rules that no linter can say. Each failure names the place and what to write instead. */

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

function listTracked(): readonly string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return listed.split('\0').filter((path) => statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
  } catch {
    return []
  }
}

/** Empty outside a checkout: then there is nothing to keep tidy. */
const tracked = listTracked()
const inThisCheckout = tracked.length > 0
const self = relative(root, import.meta.filename)
const textFiles = tracked.filter((path) => path !== self && /\.(ts|mjs|js|json|md|sql|ya?ml|html)$|^[^.]+$/.test(path))
const documents = tracked.filter((path) => path.endsWith('.md'))
const sources = tracked.filter((path) => /^server\/src\/.*\.ts$/.test(path) && !path.endsWith('.test.ts'))

/** `file:line: what is wrong`, for every line of the files that matches. */
function linesThat(files: readonly string[], pattern: RegExp, instead: string): string[] {
  return files.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) => {
        const found = pattern.exec(line)
        return found ? [`${path}:${index + 1}: "${found[0]}". ${instead}`] : []
      }),
  )
}

describe.runIf(inThisCheckout)('documents', () => {
  const slugOf = (heading: string): string =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')

  const anchorsOf = (path: string): Set<string> =>
    new Set([...read(path).matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => slugOf(heading)))

  const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')

  test('every link leads to a file, and to a heading that is in it', () => {
    const dead = documents.flatMap((path) =>
      [...withoutCode(read(path)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)].flatMap(([, target = '']) => {
        if (/^[a-z]+:/.test(target)) return []
        const [file, anchor] = [target.replace(/#.*/, ''), /#(.*)/.exec(target)?.[1]]
        const to = file === '' ? path : relative(root, resolve(root, dirname(path), file))
        if (!existsSync(join(root, to))) return [`${path}: ${target} leads nowhere. Link the file that took its place.`]
        if (anchor === undefined || !to.endsWith('.md') || anchorsOf(to).has(anchor)) return []
        return [`${path}: ${to} has no heading "${anchor}". Link one it has.`]
      }),
    )
    expect(dead).toEqual([])
  })

  test('every path of the repository that a document names is there', () => {
    const missing = documents.flatMap((path) =>
      [
        ...read(path).matchAll(
          /`((?:(?:server|sandbox)\/(?:src|test|tools|migrations)|scripts|bench|docs)\/[\w./-]+)`/g,
        ),
      ]
        .flatMap(([, named = '']) => (named.includes('NNNN') || existsSync(join(root, named)) ? [] : [named]))
        .map((named) => `${path}: \`${named}\` is not there. Name the file that took its place.`),
    )
    expect(missing).toEqual([])
  })
})

describe.runIf(inThisCheckout)('files', () => {
  test('the lock file names no registry: whoever installs brings their own', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>
    }
    const named = Object.entries(lock.packages)
      .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
      .map(
        ([name]) =>
          `package-lock.json: ${name} has "resolved". Install with the .npmrc of this folder, which leaves it out.`,
      )
    expect(named).toEqual([])
  })

  test('no file names a place on somebody’s machine', () => {
    const machinePath =
      /(?<![\w.:/])(?:\/(?:home|Users|root|work|mnt|private\/tmp|var\/folders)\/[\w.-]+|[A-Z]:\\Users)/
    expect(linesThat(textFiles, machinePath, 'Write a path relative to the repository.')).toEqual([])
  })

  test('what is left to do names its issue', () => {
    expect(linesThat(textFiles, /\b(TODO|FIXME)\b(?!.*#\d)/, 'Name the issue: TODO(#42).')).toEqual([])
  })

  test('no test runs alone', () => {
    const tests = tracked.filter((path) => path.endsWith('.test.ts') && path !== self)
    expect(linesThat(tests, /\b(test|it|describe)\.only\b/, 'Take the ".only" away.')).toEqual([])
  })
})

interface Statement {
  readonly place: string
  readonly name: string | undefined
  readonly text: string
}

const runners = new Set(['query', 'queryOne', 'queryRow'])

/** The text an expression stands for: literals, templates, and constants and helpers of the same file put in their place. */
function textOf(node: ts.Node, file: ts.SourceFile): string {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce(
      (text, span) => text + textOf(span.expression, file) + span.literal.text,
      node.head.text,
    )
  }
  if (ts.isArrowFunction(node)) return textOf(node.body, file)
  if (ts.isCallExpression(node)) {
    return [node.expression, ...node.arguments].map((part) => textOf(part, file)).join('\n')
  }
  if (ts.isIdentifier(node)) {
    const declaration = file.statements
      .filter((statement) => ts.isVariableStatement(statement))
      .flatMap(({ declarationList }) => [...declarationList.declarations])
      .find(({ name }) => ts.isIdentifier(name) && name.text === node.text)
    if (declaration?.initializer) return textOf(declaration.initializer, file)
  }
  return node.getText(file)
}

function statementsIn(path: string): Statement[] {
  const file = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true)
  const found: Statement[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && runners.has(node.expression.text)) {
      const [, name, text] = node.arguments
      if (name && text) {
        const line = file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1
        found.push({
          place: `${path}:${line}`,
          name: ts.isStringLiteral(name) ? name.text : undefined,
          text: textOf(text, file),
        })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return found
}

describe.runIf(inThisCheckout)('statements', () => {
  const all = sources.filter((path) => path !== 'server/src/platform/db/rows.ts').flatMap(statementsIn)

  test('there are some to look at', () => {
    expect(all.length).toBeGreaterThan(20)
  })

  test('SQL is in store.ts', () => {
    const elsewhere = all.filter(({ place }) => !/[/-]store\.ts:/.test(place))
    expect(elsewhere.map(({ place }) => `${place}: move this statement to the store.ts of its slice.`)).toEqual([])
  })

  test('one name, one text: PostgreSQL remembers a plan by the name', () => {
    const first = new Map<string, Statement>()
    const broken = all.flatMap((statement) => {
      const { name, place, text } = statement
      if (name === undefined) return [`${place}: write the name of the statement as a plain string.`]
      const known = first.get(name)
      if (!known) first.set(name, statement)
      return known && known.text !== text
        ? [`${place}: "${name}" is another statement at ${known.place}. Give this one a name of its own.`]
        : []
    })
    expect(broken).toEqual([])
  })

  /** Statements that serve no single merchant, and why that is right. */
  const acrossMerchants: Readonly<Record<string, string>> = {
    'claim-due-checks': 'the worker asks about whatever is due, whoever it belongs to',
    'find-link-by-token': 'a token is what tells the merchant, and nobody brings more than a token',
    'list-all-wallets': 'the operator sees the wallets of all',
    'find-last-seal': 'one chain over the entries of all',
    'insert-seals': 'one chain over the entries of all',
    'list-entries-to-seal': 'one chain over the entries of all',
    'list-seals': 'one chain over the entries of all',
    'find-unsealed-entry': 'one chain over the entries of all',
    'count-entries-after': 'one chain over the entries of all',
    'list-entries-between': 'the operator exports the books of all',
    'list-ledger-accounts': 'the operator exports the books of all',
    'find-unbalanced': 'the operator verifies the books of all',
    'find-stray': 'the operator verifies the books of all',
    'find-balance': 'the operator verifies the books of all',
    'insert-reconciliation-reports': "a provider's statement is of the platform's account, with the payments of all",
    'list-reconciliation-differences': "a provider's statement is of the platform's account, with the payments of all",
    'list-sealed-webhook-secrets': 'the server seals the secrets of all anew at its start',
    'find-key-owner': 'a client id is what tells the merchant, and is unique across all of them',
    'rotate-key': 'the operator names the client id, which is unique across all merchants',
    'revoke-key': 'the operator names the client id, which is unique across all merchants',
  }

  test('whatever touches a table of many merchants asks for one', () => {
    const owned = tablesOf(read('server/schema.sql'))
      .filter(({ columns }) => columns.includes('merchant_id'))
      .map(({ name }) => name)
      .concat(viewsWithMerchantsOf(read('server/schema.sql')))
    const touches = new RegExp(String.raw`\b(?:from|join|into|update)\s+(${owned.join('|')})\b`)
    const asks = /\bmerchant_id\s*=\s*(?:\$\d|[a-z]+\.merchant_id)|\binsert into \w+(?: as \w+)? \(\s*merchant_id\b/
    const stray = all.flatMap(({ name, place, text }) => {
      const table = touches.exec(text)?.[1]
      const single = asks.test(text) || (name !== undefined && Object.hasOwn(acrossMerchants, name))
      return table === undefined || single
        ? []
        : [`${place}: "${name ?? ''}" touches ${table}. Add "merchant_id = $n" to its where, or say above why not.`]
    })
    expect(stray).toEqual([])
  })

  test('no exception outlives its statement', () => {
    const names = new Set(all.map(({ name }) => name))
    expect(Object.keys(acrossMerchants).filter((name) => !names.has(name))).toEqual([])
  })
})

interface Table {
  readonly name: string
  readonly columns: readonly string[]
}

const tablesOf = (schema: string): Table[] =>
  [...schema.matchAll(/^create table (\w+) \(\n([\s\S]*?)\n\);/gm)].map(([, name = '', body = '']) => ({
    name,
    columns: body.split('\n').map((line) => line.trim().split(' ')[0] ?? ''),
  }))

const viewsWithMerchantsOf = (schema: string): string[] =>
  [...schema.matchAll(/^create view (\w+) as\n([\s\S]*?);$/gm)].flatMap(([, name = '', body = '']) =>
    body.includes('merchant_id') ? [name] : [],
  )

interface Key {
  readonly table: string
  readonly name: string
  readonly primary: boolean
  readonly columns: string
}

const keysOf = (schema: string): Key[] => [
  ...[...schema.matchAll(/^alter table (\w+) add constraint (\w+) (PRIMARY KEY|UNIQUE)[^(]*\((.*)\);$/gm)].map(
    ([, table = '', name = '', kind, columns = '']) => ({ table, name, primary: kind === 'PRIMARY KEY', columns }),
  ),
  ...[...schema.matchAll(/^CREATE UNIQUE INDEX (\w+) ON public\.(\w+) USING btree \((.*)\)/gm)].map(
    ([, name = '', table = '', columns = '']) => ({ table, name, primary: false, columns }),
  ),
]

describe('tables', () => {
  const schema = read('server/schema.sql')
  const owned = tablesOf(schema).filter(({ columns }) => columns.includes('merchant_id'))
  const keys = keysOf(schema).filter(({ table }) => owned.some(({ name }) => name === table))
  const names = (key: Key): boolean => /\bmerchant_id\b/.test(key.columns)

  /** Keys that may go without the merchant, and why. */
  const exceptions: Readonly<Record<string, string>> = {
    api_keys_pkey: 'a few rows for each merchant',
    api_keys_client_id_key: 'the client id is what tells the merchant',
    ledger_seals_pkey: 'one chain over the entries of all merchants',
    reconciliation_differences_pkey: 'some belong to no merchant we know of',
    merchant_fee_tiers_pkey: 'one row for each merchant at most',
    ledger_accounts_pkey: 'a few rows for each merchant, and those of the platform have none',
    ledger_accounts_id_currency_key: 'only there to be pointed at',
  }

  test('every table with merchant_id has it in its keys, so that it can be spread by merchant', () => {
    expect(owned.length).toBeGreaterThan(5)
    const bare = owned.filter(({ name }) => !keys.some(({ table, primary }) => table === name && primary))
    expect(bare.map(({ name }) => `${name} has no primary key. Give it (merchant_id, id).`)).toEqual([])
    const without = keys.filter((key) => !names(key) && !Object.hasOwn(exceptions, key.name))
    expect(
      without.map(
        ({ table, name }) => `${table}: ${name} goes without merchant_id. Begin the key with it, or say above why not.`,
      ),
    ).toEqual([])
  })

  test('no exception outlives its key', () => {
    const bare = keys.filter((key) => !names(key)).map(({ name }) => name)
    expect(Object.keys(exceptions).filter((name) => !bare.includes(name))).toEqual([])
  })

  test('migrations are numbered one after another', () => {
    const numbers = tracked
      .filter((path) => path.startsWith('server/migrations/'))
      .map((path) => /\/(\d{4})_[a-z0-9_]+\.sql$/.exec(path)?.[1] ?? `${path} is no NNNN_what.sql`)
    expect(numbers).toEqual(numbers.map((_, index) => String(index + 1).padStart(4, '0')))
  })
})
