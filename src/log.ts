import pino, { type Logger } from 'pino'

/** Logs go to standard error; standard output is for what other programs read. */
export const createLog = (level: string): Logger =>
  pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: false }))
