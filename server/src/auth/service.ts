import { type Clock } from '../kernel/clock.ts'
import { type MerchantType } from '../kernel/enums.ts'
import { type MerchantId } from '../kernel/ids.ts'
import { type Pool } from '../platform/db/pool.ts'
import { Unauthenticated } from '../platform/http/problems.ts'
import { findKeyOwner, hashSecret, type KeyOwner, secretMatches } from '../merchants/index.ts'
import { createTokens, type Tokens } from './tokens.ts'

/** The merchant a request speaks for. */
export interface Caller {
  readonly id: MerchantId
  readonly type: MerchantType
  readonly verified: boolean
}

export interface Authentication {
  /** Exchanges client credentials for a bearer token. Throws `Unauthenticated`. */
  obtainToken(credentials: { clientId: string; clientSecret: string }): Promise<string>
  /** Reads an `Authorization` header. Throws `Unauthenticated`. */
  authenticate(header: string | undefined): Promise<Caller>
}

/** A revoked key, or a merchant whose verification changed, is noticed within this time on every node. */
const ownerRememberedMs = 5_000

const nobody: KeyOwner['secretHash'] = hashSecret('no key has this secret')

export interface AuthenticationOptions {
  readonly db: Pool
  readonly clock: Clock
  readonly jwtSecrets: readonly [string, ...string[]]
}

export function createAuthentication({ db, clock, jwtSecrets }: AuthenticationOptions): Authentication {
  const tokens: Tokens = createTokens(jwtSecrets, clock)
  const owners = new Map<string, { readonly owner: KeyOwner | undefined; readonly until: number }>()

  const ownerOf = async (clientId: string): Promise<KeyOwner | undefined> => {
    const now = clock.now().getTime()
    const remembered = owners.get(clientId)
    if (remembered && remembered.until > now) return remembered.owner
    const owner = await findKeyOwner(db, clientId)
    if (owners.size > 10_000) owners.clear()
    owners.set(clientId, { owner, until: now + ownerRememberedMs })
    return owner
  }

  return {
    async obtainToken({ clientId, clientSecret }) {
      const owner = await findKeyOwner(db, clientId)
      // Compared even when there is nothing to compare with: how long it takes must not tell which client ids exist.
      if (!secretMatches(clientSecret, owner?.secretHash ?? nobody) || !owner) throw new Unauthenticated()
      return tokens.sign({ clientId, merchantId: owner.merchantId, merchantType: owner.merchantType })
    },
    async authenticate(header) {
      if (header === undefined || header === '') throw new Unauthenticated('Not authenticated')
      const token = /^Bearer +([^\s]+)$/i.exec(header)?.[1]
      const claims = token === undefined ? undefined : await tokens.verify(token)
      const owner = claims && (await ownerOf(claims.clientId))
      // A client id that now belongs to somebody else does not take old tokens with it.
      if (owner?.merchantId !== claims?.merchantId || !owner) throw new Unauthenticated()
      return { id: owner.merchantId, type: owner.merchantType, verified: owner.verified }
    },
  }
}
