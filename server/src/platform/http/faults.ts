import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type Http } from './server.ts'

/** What a caller is made to live through. The operation itself is always carried out. */
export type InjectedFault =
  { readonly kind: 'lost_reply' | 'error_after_effect' } | { readonly kind: 'slow'; readonly delayMs: number }

/** A call that is counted, and maybe spoilt. */
export interface TakenCall {
  readonly fault: InjectedFault | undefined
  /** Told what the operation answered, before anything happens to the answer. */
  readonly answered: (status: number, referenceId: string | undefined) => Promise<void>
}

export interface FaultDial {
  /** Undefined while nobody wants anything to go wrong, or to be counted. */
  take(call: { readonly operation: string; readonly path: string }): Promise<TakenCall | undefined>
}

declare module 'fastify' {
  interface FastifyRequest {
    takenCall?: TakenCall
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** The key of an execution, wherever the operation has it. */
function referenceOf({ body, params, query }: FastifyRequest): string | undefined {
  const parts = [body, params, query].map((part) => (part ?? {}) as Readonly<Record<string, unknown>>)
  return parts.map((part) => part['reference_id']).find((value) => typeof value === 'string')
}

async function spoil(fault: InjectedFault, reply: FastifyReply, payload: unknown): Promise<unknown> {
  switch (fault.kind) {
    case 'lost_reply':
      reply.raw.socket?.destroy()
      return payload
    case 'error_after_effect':
      reply.code(500).type('application/json; charset=utf-8')
      return JSON.stringify({ detail: 'Internal Server Error' })
    case 'slow':
      await pause(fault.delayMs)
      return payload
  }
}

/** Lets the dial spoil the answers of every operation registered after this. */
export function injectFaults(http: Http, dial: FaultDial): void {
  http.addHook('onRequest', async (request) => {
    const operation = `${request.method} ${request.routeOptions.url ?? ''}`
    const taken = await dial.take({ operation, path: request.url.split('?', 1)[0] ?? '/' })
    if (taken) request.takenCall = taken
  })
  http.addHook('onSend', async (request, reply, payload) => {
    const { takenCall } = request
    if (!takenCall) return payload
    await takenCall.answered(reply.statusCode, referenceOf(request))
    return takenCall.fault ? spoil(takenCall.fault, reply, payload) : payload
  })
}
