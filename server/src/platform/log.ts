import { pino } from 'pino'

/** An error's own words. Its other properties may hold whole connections, statements and answers. */
const describeError = (error: unknown) =>
  error instanceof Error
    ? { type: error.name, message: error.message, code: (error as NodeJS.ErrnoException).code, stack: error.stack }
    : { message: String(error) }

export type Logger = ReturnType<typeof openLog>

/** Logs to standard error, so that standard output stays for people. Ids only: no phone numbers, names, tokens or bodies. */
export const openLog = (level: string) =>
  pino(
    { level, base: null, serializers: { err: describeError }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  )
