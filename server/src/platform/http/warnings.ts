import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

/** A mistake that an integrator seems to make: the code is for programs, the text for people. */
export interface Warning {
  readonly code: string
  readonly text: string
}

declare module 'fastify' {
  interface FastifyRequest {
    warnings?: Warning[]
  }
}

export const warningHeader = 'Dollr-Warning'

/** Header fields are visible ASCII: what a caller sent may be anything. */
const toHeader = ({ code, text }: Warning): string => `${code}; ${text.replaceAll(/[^\x20-\x7e]/g, '?')}`

/** Says on the answer to this request what seems to be wrong with it. The answer itself stays as it is. */
export function warn(request: FastifyRequest, code: string, text: string): void {
  request.warnings ??= []
  if (!request.warnings.some((warning) => warning.code === code)) request.warnings.push({ code, text })
}

const sendWarnings = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
  if (request.warnings) reply.header(warningHeader, request.warnings.map(toHeader))
}

/** Sends what `warn` was told. Without it nobody is warned of anything. */
export function announceWarnings(http: Pick<FastifyInstance, 'addHook'>): void {
  http.addHook('onSend', sendWarnings)
}
