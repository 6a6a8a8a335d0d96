/** Latency, waits and windows of a day with Mailchimp, all shortened alike. */
export const SCALE = 30

/** Milliseconds (or seconds) of a real day as the comparison lives them. */
export const scaled = (time: number): number => time / SCALE

export const REAL_LATENCY_MS = 300
export const LATENCY_MS = scaled(REAL_LATENCY_MS)
/**
 * 3.3 a second of a real day: what one connection could just carry if nothing went wrong, and well below what eight
 * can. More would measure the processors of a small machine, since what each event costs them is not shortened.
 */
export const EVENTS_A_SECOND = 100
/** When a request whose connection broke is applied after all: mostly soon, at times within Mailchimp's two minutes. */
export const LATE_MS = { soon: scaled(10_000), long: scaled(60_000) }
