const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long ago, or how soon, in one unit; a date when that says more. */
export function relativeTime(at: string, now: number): string {
  const gone = now - Date.parse(at)
  const text = shortSpan(Math.abs(gone))
  if (text === undefined) return dateOf(at)
  if (text === '') return 'just now'
  return gone >= 0 ? `${text} ago` : `in ${text}`
}

function shortSpan(span: number): string | undefined {
  if (span < 5 * SECOND) return ''
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  if (span < DAY) return `${Math.floor(span / HOUR)} h`
  return span < 14 * DAY ? `${Math.floor(span / DAY)} d` : undefined
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Written by hand, as numbers are below: the first use of Intl alone keeps a slow phone busy for 50 ms. */
function dateIn(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split('-').map(Number)
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}`
}

const withClock = (iso: string): string => `${dateIn(iso)}, ${iso.slice(11, 19)}`

function localIso(at: string): string {
  const time = new Date(at)
  return new Date(time.getTime() - time.getTimezoneOffset() * MINUTE).toISOString()
}

const dateOf = (at: string): string => dateIn(localIso(at))

export const localTime = (at: string): string => withClock(localIso(at))

export const utcTime = (at: string): string => `${withClock(new Date(at).toISOString())} UTC`

const twoDigits = (number: number): string => String(number).padStart(2, '0')

/** A time to the minute as `<input type="datetime-local">` holds it, in the time zone of the browser. */
export function toLocalInput(at: string): string {
  const time = new Date(at)
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(twoDigits).join('-')
  return `${day}T${[time.getHours(), time.getMinutes()].map(twoDigits).join(':')}`
}

/** The time that stands in such an input; undefined while it is not complete. */
export function fromLocalInput(text: string): string | undefined {
  const time = new Date(text)
  return text === '' || Number.isNaN(time.getTime()) ? undefined : time.toISOString()
}

/** A length of time in at most two units: 820 ms, 3.2 s, 4 min 12 s, 2 h 5 min, 3 d 4 h. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`
  if (ms < HOUR) return twoUnits([ms, MINUTE, 'min'], [SECOND, 's'])
  if (ms < DAY) return twoUnits([ms, HOUR, 'h'], [MINUTE, 'min'])
  return twoUnits([ms, DAY, 'd'], [HOUR, 'h'])
}

type Whole = readonly [ms: number, unit: number, name: string]

function twoUnits([ms, large, largeName]: Whole, [small, smallName]: readonly [number, string]): string {
  const rest = Math.floor((ms % large) / small)
  const whole = `${Math.floor(ms / large)} ${largeName}`
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`
}

export const count = (number: number): string => number.toLocaleString('en-US')

/** `1 person`, `2 people`. */
export const counted = (number: number, [one, many]: readonly [string, string]): string =>
  `${count(number)} ${number === 1 ? one : many}`
