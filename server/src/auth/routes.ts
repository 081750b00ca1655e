import { type FastifyReply, type FastifyRequest } from 'fastify'
import { invariant } from '../kernel/invariant.ts'
import { type Admit } from '../platform/http/rate-limit.ts'
import { type Http } from '../platform/http/server.ts'
import { model, text } from '../platform/http/wire.ts'
import { Type } from 'typebox'
import { type Authentication, type Caller } from './service.ts'
import { tokenMinutes } from './tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller
  }
}

const ClientCredentialObtainTokenPayload = model('ClientCredentialObtainTokenPayload', {
  client_id: text,
  client_secret: Type.String({ format: 'password', writeOnly: true }),
})

const ObtainTokenResponse = model('ObtainTokenResponse', {
  access_token: Type.String({ description: 'JWT to send as bearer token.' }),
  expires_in: Type.Integer({ description: 'Lifetime in minutes.' }),
})

/** The merchant a request speaks for; only behind `requireToken`. */
export function merchantOf(request: FastifyRequest): Caller {
  invariant(request.caller, 'an operation behind a token knows its caller')
  return request.caller
}

/** Runs before anything of the request is read: who calls, and not too often. */
export const requireToken =
  (authentication: Authentication, admit: Admit) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    request.caller = await authentication.authenticate(request.headers.authorization)
    await admit(reply, request.caller.id)
  }

export function tokenRoutes(http: Http, authentication: Authentication, admit: Admit): void {
  http.post(
    '/jwt/client/obtain/token',
    {
      config: { public: true },
      onRequest: (request, reply) => admit(reply, request.ip),
      schema: {
        operationId: 'client_obtain_token',
        security: [],
        body: ClientCredentialObtainTokenPayload,
        response: { 200: ObtainTokenResponse },
      },
    },
    async (request) => {
      const { client_id: clientId, client_secret: clientSecret } = request.body
      return { access_token: await authentication.obtainToken({ clientId, clientSecret }), expires_in: tokenMinutes }
    },
  )
}
