import { type FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** What links in answers begin with. Undefined means the address that the request itself named. */
    linkBase: string | undefined
  }
}

/**
 * What a link in an answer begins with: the configured address, else the one under which the request reached us. A request
 * that names no usable host gets a link relative to itself.
 */
export function publicBase({ protocol, host, server }: FastifyRequest): string {
  const named = `${protocol}://${host}`
  return server.linkBase ?? (URL.canParse(named) ? new URL(named).origin : '')
}
