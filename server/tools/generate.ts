import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { argv, exit, stderr, stdout } from 'node:process'
import { createApp } from '../src/app.ts'
import { createAdvancedClock, systemClock } from '../src/kernel/clock.ts'
import { mintReference } from '../src/kernel/ids.ts'
import { startEmbeddedPostgres } from '../src/platform/db/embedded/index.ts'
import { migrate } from '../src/platform/db/migrate.ts'
import { openPool, type Pool } from '../src/platform/db/pool.ts'
import { createGuardedClient, resolveLocally } from '../src/platform/guarded-client.ts'
import { createHttpClient } from '../src/platform/http-client.ts'
import { openLog } from '../src/platform/log.ts'
import { describeSchema } from './describe-schema.ts'
import { describeSdk } from './describe-sdk.ts'

/**
 * Writes what the migrations and the routes add up to: `schema.sql`, `openapi.json` and what the SDK knows of it. With
 * `--check` it writes nothing and fails when one of them is out of date.
 */
const folder = join(import.meta.dirname, '..')

async function describeApi(db: Pool): Promise<string> {
  const { http } = await createApp({
    db,
    clock: systemClock,
    log: openLog('silent'),
    mintReference,
    providers: new Map(),
    askNetwork: false,
    publicUrl: 'http://127.0.0.1:8080',
    linkBase: undefined,
    jwtSecrets: ['a secret that signs nothing while the API is described'],
    receiptSigningKey: undefined,
    callsPerMinute: 1,
    tokenCallsPerMinute: 1,
    promptGuardSeconds: 0,
    circuitUnknowns: 0,
    trustProxy: false,
    realtime: { anonKey: '', connections: 1, connectionsPerAddress: 1 },
    sandbox: {
      clock: createAdvancedClock(systemClock),
      http: createHttpClient({ timeoutMs: 1_000 }),
      pawapay: undefined,
      stripe: undefined,
      equip: async () => undefined,
    },
    webhookClient: createGuardedClient({ allows: () => false, resolve: resolveLocally, timeoutMs: 1 }),
    tryWith: undefined,
    requestLogDays: 0,
  })
  const answer = await http.inject('/openapi.json')
  await http.close()
  return `${JSON.stringify(answer.json(), undefined, 2)}\n`
}

async function describeAll(): Promise<Record<string, string>> {
  const dataDir = await mkdtemp(join(tmpdir(), 'dollr-generate-'))
  const postgres = await startEmbeddedPostgres({ dataDir, settings: { fsync: 'off' } })
  const db = openPool({ connection: postgres.connection, maxConnections: 2, onIdleError: () => undefined })
  try {
    await migrate(db)
    const openapi = await describeApi(db)
    const sdk = await describeSdk(openapi)
    return {
      'schema.sql': await describeSchema(db),
      'openapi.json': openapi,
      '../sdk/src/generated/openapi.ts': sdk.types,
      '../sdk/src/generated/routes.ts': sdk.routes,
    }
  } finally {
    await db.end()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const check = argv.includes('--check')
const stale: string[] = []
for (const [name, text] of Object.entries(await describeAll())) {
  const file = join(folder, name)
  if ((await readFile(file, 'utf8').catch(() => '')) === text) continue
  stale.push(name)
  if (!check) await writeFile(file, text)
}
if (check && stale.length > 0) {
  stderr.write(`Out of date: ${stale.join(', ')}. Run "npm run generate" and commit the result.\n`)
  exit(1)
}
stdout.write(stale.length > 0 ? `Written: ${stale.join(', ')}.\n` : 'Generated files are up to date.\n')
