import { type Pool } from '../platform/db/pool.ts'
import { type EndpointId } from './model.ts'
import { listSealedSecrets, resealSecrets, type SealedSecrets } from './endpoint-store.ts'
import { isSealedUnder, openSecret, sealSecret } from './signing.ts'

const perPage = 500

type Sealing = readonly [string, ...string[]]

/** Undefined for what is sealed under the current secret already, and for what nobody can open. */
function resealed(sealed: Buffer, sealing: Sealing): Buffer | undefined {
  if (isSealedUnder(sealed, sealing[0])) return undefined
  const secret = openSecret(sealed, sealing)
  return secret && sealSecret(secret, sealing)
}

async function resealOne(db: Pool, kept: SealedSecrets, sealing: Sealing): Promise<void> {
  const secret = resealed(kept.sealedSecret, sealing)
  const former = kept.formerSealedSecret && resealed(kept.formerSealedSecret, sealing)
  if (!secret && !former) return
  await resealSecrets(db, kept, {
    ...kept,
    sealedSecret: secret ?? kept.sealedSecret,
    formerSealedSecret: former ?? kept.formerSealedSecret,
  })
}

/**
 * Seals what endpoints sign with under the current token secret. Done at every start: once all processes have been started
 * with a new secret beside the former one, the former can go and webhooks go on.
 */
export async function resealWebhookSecrets(db: Pool, sealing: Sealing): Promise<void> {
  let after: EndpointId | undefined
  for (;;) {
    const page = await listSealedSecrets(db, after, perPage)
    for (const kept of page) await resealOne(db, kept, sealing)
    after = page.at(-1)?.id
    if (page.length < perPage) return
  }
}
