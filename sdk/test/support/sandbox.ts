import { sandboxCredentials } from '../../../server/test/support/black-box/server-process.ts'
import { type Clock, Dollr, type DollrOptions } from '../../src/index.ts'

/** Pauses long enough for what is under way to get on, and no longer: tests have no time for a polite client. */
export const hastyClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.min(milliseconds, 15))
      signal?.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      })
    }),
}

/** The sandbox's own merchant, at a server or at something in front of it. */
export const sandboxMerchantAt = (baseUrl: string, options: Partial<DollrOptions> = {}): Dollr =>
  new Dollr({
    baseUrl,
    clientId: sandboxCredentials.client_id,
    clientSecret: sandboxCredentials.client_secret,
    ...options,
  })

export const approval = {
  token: { phone: '231770000000', code: '123456' },
  device: { name: 'Back office', type: 'SERVER', platform: 'NODE', user_agent: 'node', client_ip: '203.0.113.10' },
} as const
