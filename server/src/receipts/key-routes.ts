import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { publishedKeys } from './keys.ts'

/** Long enough that verifiers need not ask for every receipt, short enough that a withdrawn key is soon gone. */
const cachedSeconds = 300

/** What anybody needs to verify receipts without asking us. */
export function receiptKeyRoutes(http: Http, db: Pool): void {
  http.get(
    '/.well-known/dollr-receipt-keys.json',
    { config: { public: true }, schema: { hide: true } },
    async (_request, reply) => {
      void reply.header('Cache-Control', `public, max-age=${cachedSeconds}`)
      return publishedKeys(db)
    },
  )
}
