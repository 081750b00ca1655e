import { type Answer, type Api, type Call, ok } from './api-client.ts'

type Fields = Readonly<Record<string, unknown>>

/** What a sandbox can be made to do, by its operations below `/sandbox`. */
export interface Controls {
  send(method: Call['method'], path: string, json?: unknown): Promise<Answer>
  get(path: string): Promise<Fields>
  post(path: string, json?: unknown): Promise<Fields>
  setFaults(faults: readonly Fields[], seed?: number): Promise<Fields>
  clearFaults(): Promise<Fields>
}

export function controlsOf(api: Api): Controls {
  const send: Controls['send'] = (method, path, json) =>
    api.send({ method, path: `/sandbox${path}`, ...(json !== undefined && { json }) })
  const done = async (answer: Promise<Answer>) => (await ok(answer)) as Fields
  return {
    send,
    get: (path) => done(send('GET', path)),
    post: (path, json) => done(send('POST', path, json)),
    setFaults: (faults, seed) => done(send('PUT', '/faults', { faults, ...(seed !== undefined && { seed }) })),
    clearFaults: () => done(send('DELETE', '/faults')),
  }
}
