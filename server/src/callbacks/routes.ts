import { type ProviderName } from '../kernel/enums.ts'
import { Problem } from '../kernel/problem.ts'
import { type Http } from '../platform/http/server.ts'
import { type Provider } from '../providers/provider.ts'
import { type Callbacks } from './service.ts'

/** Real callbacks are below 2 KB, Stripe's events below 10. */
const largestCallback = 64 * 1024

/** Where providers tell us that something happened: `/callbacks/pawapay`. Open to anyone: what is said here counts as far as it is signed. */
export function callbackRoutes(http: Http, providers: ReadonlyMap<ProviderName, Provider>, callbacks: Callbacks): void {
  for (const provider of providers.values()) {
    http.post(
      `/callbacks/${provider.name.toLowerCase()}`,
      { bodyLimit: largestCallback, config: { public: true, rawBody: true }, schema: { hide: true } },
      async (request) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        // Credentials have no business in a log of what was said.
        const { authorization: _, cookie: __, ...headers } = request.headers
        const { method, host, url } = request
        const path = url.split('?', 1)[0] ?? '/'
        const said = await provider.readCallback({ method, authority: host, path, headers: request.headers, body })
        await callbacks.receive({ provider: provider.name, said, headers, body })
        // Both are sent again: by then a key may be known that was not, and a forger learns nothing from it.
        if (said.trust === 'refused') throw new Problem('unauthenticated', 'Signature not accepted')
        if (said.trust === 'undecided') throw new Problem('unavailable', 'Service Unavailable')
        return {}
      },
    )
  }
}
