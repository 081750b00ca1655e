import { connect } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string
  readonly body?: object
}

export interface Connection {
  send(call: Call): Promise<Answer>
  close(): void
}

const endOfHead = Buffer.from('\r\n\r\n')

/** The answer at the start of what was received; undefined while it is not complete. */
function readAnswer(received: Buffer): { answer: Answer; end: number } | undefined {
  const headEnd = received.indexOf(endOfHead)
  if (headEnd < 0) return undefined
  const head = received.toString('latin1', 0, headEnd)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  const start = headEnd + endOfHead.length
  const end = start + Number(length)
  if (received.length < end) return undefined
  return { answer: { status: Number(head.slice(9, 12)), body: received.toString('utf8', start, end) }, end }
}

/**
 * One kept-alive connection, one call at a time. By hand because it shares the processors with what is measured: node:http
 * costs several times as much per call.
 */
export function openConnection(address: string): Connection {
  const { hostname, port, host } = new URL(address)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  let received = Buffer.alloc(0)
  let waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | undefined

  const fail = (error: Error): void => {
    waiting?.reject(error)
    waiting = undefined
    socket.destroy()
  }
  socket.on('error', fail)
  socket.on('close', () => {
    fail(new Error('the server closed the connection'))
  })
  socket.on('data', (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    try {
      const read = readAnswer(received)
      if (!read) return
      received = received.subarray(read.end)
      const { resolve } = waiting ?? { resolve: () => undefined }
      waiting = undefined
      resolve(read.answer)
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)))
    }
  })

  return {
    send({ method, path, token, body }) {
      const text = body === undefined ? '' : JSON.stringify(body)
      const head = [
        `${method} ${path} HTTP/1.1`,
        `host: ${host}`,
        ...(token === undefined ? [] : [`authorization: Bearer ${token}`]),
        ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(text)}`]),
      ]
      return new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        socket.write(`${head.join('\r\n')}\r\n\r\n${text}`)
      })
    },
    close() {
      waiting = undefined
      socket.destroy()
    },
  }
}

/** Calls and reads a 200; anything else ends the run. */
export async function call(connection: Connection, request: Call): Promise<Record<string, unknown>> {
  const { status, body } = await connection.send(request)
  if (status !== 200) throw new Error(`${request.method} ${request.path}: HTTP ${status} ${body}`)
  return JSON.parse(body) as Record<string, unknown>
}
