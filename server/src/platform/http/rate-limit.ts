import { createHmac } from 'node:crypto'
import { type FastifyReply } from 'fastify'
import { type RateLimiter, windowSeconds } from '../rate-limit/limiter.ts'
import { RateLimited } from './problems.ts'

/** Counts a call against a limit and says on the answer how its caller stands. Throws `RateLimited` past the limit. */
export type Admit = (reply: FastifyReply, key: string) => Promise<void>

export const rateLimitHeaders = ['RateLimit-Policy', 'RateLimit'] as const

/** The header fields are those of draft-ietf-httpapi-ratelimit-headers, from its ninth version on. */
export function admitBy(limiter: RateLimiter): Admit {
  const { name, callsPerMinute } = limiter
  const policy = `"${name}";q=${callsPerMinute};w=${windowSeconds}`
  return async (reply, key) => {
    const { admitted, remaining, secondsLeft } = await limiter.admit(key)
    reply.header('RateLimit-Policy', policy)
    reply.header('RateLimit', `"${name}";r=${remaining};t=${secondsLeft}`)
    if (!admitted) throw new RateLimited(secondsLeft)
  }
}

/** Counts a call of a key whose answer says nothing of limits. Throws `RateLimited` past the limit. */
export const requireAllowance =
  (limiter: RateLimiter) =>
  async (key: string): Promise<void> => {
    const { admitted, secondsLeft } = await limiter.admit(key)
    if (!admitted) throw new RateLimited(secondsLeft)
  }

/**
 * Addresses are kept as hashes. With a key, because there are few enough addresses to try them all; the same one on every
 * node, or each would count for itself. An IPv4 address is the same one however a dual socket spells it.
 */
export const disguiseAddress =
  (secret: string) =>
  (address: string): string =>
    createHmac('sha256', secret)
      .update(`caller's address ${address.replace(/^::ffff:(?=\d+\.)/i, '')}`)
      .digest('base64url')
