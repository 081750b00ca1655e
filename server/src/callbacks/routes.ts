import { type ProviderName } from '../kernel/enums.ts'
import { type Http } from '../platform/http/server.ts'
import { type Provider } from '../providers/provider.ts'
import { type Callbacks } from './service.ts'

/** Real callbacks are below 2 KB. */
const largestCallback = 16 * 1024

/** Where providers tell us that something happened: `/callbacks/pawapay`. Open to anyone, and nothing said here is believed. */
export function callbackRoutes(http: Http, providers: ReadonlyMap<ProviderName, Provider>, callbacks: Callbacks): void {
  for (const provider of providers.values()) {
    http.post(
      `/callbacks/${provider.name.toLowerCase()}`,
      { bodyLimit: largestCallback, config: { public: true, rawBody: true }, schema: { hide: true } },
      async (request) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        // Credentials have no business in a log of what was said.
        const { authorization: _, cookie: __, ...headers } = request.headers
        await callbacks.receive({
          provider: provider.name,
          providerReference: provider.readCallback(body.toString('utf8')),
          headers,
          body,
        })
        return {}
      },
    )
  }
}
