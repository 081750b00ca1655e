import { Type } from 'typebox'
import { sourceTypes } from '../kernel/enums.ts'
import { readId, type SessionId } from '../kernel/ids.ts'
import { type Pool } from '../platform/db/pool.ts'
import { type Http } from '../platform/http/server.ts'
import { integerId, model, oneOf, uuid4 } from '../platform/http/wire.ts'
import { merchantOf } from '../auth/index.ts'
import { requireKind } from '../sources/index.ts'
import { issueRealtimeKey } from './service.ts'
import { realtimeTokenSeconds, type RealtimeTokens } from './tokens.ts'

const CollectionRealtimeKeyPayload = model('CollectionRealtimeKeyPayload', {
  session_id: integerId,
  source_type: oneOf(sourceTypes),
  reference_id: uuid4,
})

const RealtimeTokenResponse = model('RealtimeTokenResponse', {
  access_token: Type.String({ description: 'JWT for the realtime service only.' }),
  expires_in: Type.Integer({ description: 'Lifetime in seconds.' }),
})

export function realtimeKeyRoutes(http: Http, context: { readonly db: Pool; readonly tokens: RealtimeTokens }): void {
  http.post(
    '/realtime-keys/collection',
    {
      schema: {
        operationId: 'get_collection_realtime_key',
        body: CollectionRealtimeKeyPayload,
        response: { 200: RealtimeTokenResponse },
      },
    },
    async (request) => {
      const { session_id: sessionId, source_type: type, reference_id: referenceId } = request.body
      const key = {
        merchantId: merchantOf(request).id,
        sessionId: readId<SessionId>(sessionId),
        kind: requireKind(type),
        referenceId,
      }
      return { access_token: await issueRealtimeKey(context, key), expires_in: realtimeTokenSeconds }
    },
  )
}
