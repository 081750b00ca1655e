import type { IncomingMessage, ServerResponse } from 'node:http'

/** Generous for a payment, small enough that nobody fills the memory by accident. */
const maxBodyBytes = 64 * 1024

export class UnreadableBody extends Error {}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const readBody = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBodyBytes) chunks.push(chunk)
      else reject(new UnreadableBody(`The body is larger than ${maxBodyBytes} bytes.`))
    })
    request.once('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    request.once('error', reject)
    request.once('close', () => {
      if (!request.complete) reject(new UnreadableBody('The connection closed before the body was complete.'))
    })
  })

export const readJson = async (request: IncomingMessage): Promise<unknown> => parseJson(await readBody(request))

export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new UnreadableBody('The body is not JSON.')
  }
}

export const sendText = (response: ServerResponse, status: number, contentType: string, body: string): void => {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) })
  response.end(body)
}

export const sendJson = (response: ServerResponse, status: number, value: unknown): void => {
  sendText(response, status, 'application/json', JSON.stringify(value))
}
