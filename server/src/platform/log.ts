import { pino } from 'pino'

export type Logger = ReturnType<typeof openLog>

/** Logs to standard error, so that standard output stays for people. Ids only: no phone numbers, names, tokens or bodies. */
export const openLog = (level: string) =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ dest: 2, sync: false }))
