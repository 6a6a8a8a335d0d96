import { type RouteOptions } from 'fastify'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { startWorld, TOKEN, type World, type WorldOptions } from './world.ts'

type Route = { readonly method: string; readonly url: string; readonly bodyLimit: number }

type Driven = AsyncDisposable & { readonly world: World; readonly routes: readonly Route[] }

/** A world, and every route of its service, as the service registers them. */
export async function startDriven(options: WorldOptions = {}): Promise<Driven> {
  const routes: Route[] = []
  const onRoute = ({ method, url, bodyLimit = 0 }: RouteOptions): void =>
    void routes.push(...[method].flat().map(each => ({ method: each, url, bodyLimit })))
  const world = await startWorld({ ...options, onRoute })
  return { world, routes, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

type Body = { readonly bytes: Uint8Array<ArrayBuffer>; readonly encoding?: string }

const text = (body: string): Body => ({ bytes: new Uint8Array(Buffer.from(body)) })
const fill = (size: number, unit: string, before = '', after = ''): Body =>
  text(before + unit.repeat(Math.max(0, Math.floor((size - before.length - after.length) / unit.length))) + after)
const nested = (size: number, open: string, close: string): Body => {
  const depth = Math.floor(size / (open.length + close.length))
  return text(open.repeat(depth) + close.repeat(depth))
}
const keys = (size: number, key: (n: number) => string): Body => {
  let [body, n] = [`{"${key(0)}":0`, 1]
  for (; body.length < size - 40; n++) body += `,"${key(n)}":0`
  return text(`${body}}`)
}

/** Bodies that are as costly as their size allows. */
const HOSTILE_BODIES: Readonly<Record<string, (size: number) => Body>> = {
  'nested lists': size => nested(size, '[', ']'),
  'nested objects': size => nested(size, '{"a":', '}'),
  'lists without an end': size => fill(size, '['),
  'unknown keys': size => keys(size, n => `k${n}`),
  'keys that collide': size => keys(size, n => String(n * 2 ** 16)),
  'one key again and again': size => keys(size, () => 'name'),
  'keys of the prototype': size => keys(size, n => (n % 2 === 0 ? '__proto__' : 'constructor')),
  'a long key': size => fill(size, 'k', '{"', '":1}'),
  numbers: size => fill(size, '1,', '[', '1]'),
  'a long number': size => fill(size, '0', '{"name":1', '}'),
  'numbers beyond all bounds': size => fill(size, '1e999,', '{"mappings":[', '1]}'),
  'a long text': size => fill(size, 'a', '{"name":"', '"}'),
  'a text of escapes': size => fill(size, '\\u0000', '{"name":"', '"}'),
  'a text that is no UTF-8': size => ({ bytes: new Uint8Array(size).fill(0xff) }),
  mappings: size => fill(size, '{"id":"NEWS","value":1},', '{"mappings":[', '{}]}'),
  events: size => fill(size, '{"type":"event.created","parameters":{}},', '{"source_id":"x","events":[', '{}]}'),
  'a form of many fields': size => fill(size, 'a=%F0&', 'grant_type=client_credentials&'),
  'a body cut short': size => fill(size, '{"a":[1,2,'),
  'a bomb of gzip': () => ({ bytes: new Uint8Array(gzipSync(Buffer.alloc(32 * 1024 * 1024))), encoding: 'gzip' }),
  'a bomb of brotli': () => ({
    bytes: new Uint8Array(brotliCompressSync(Buffer.alloc(32 * 1024 * 1024))),
    encoding: 'br',
  }),
}

/** Parts of an address that no id looks like. */
export const ODD_PARTS = [
  ...['%00', 'a%00b', '%zz', '%ED%A0%80', '%C0%AF', '%E2%80%AE', '..%2f..%2fetc', '__proto__', '%0d%0aX: y'],
  ...["';--", 'a'.repeat(999), 'a'.repeat(5_000)],
]

/** The address of a route with `part` for each of its parameters. */
export const addressOf = ({ url }: Route, part = 'x'): string => url.replace(/:\w+|\*/g, part)

type Sending = {
  readonly route: Route
  readonly isOwner: boolean
  readonly address?: string
  readonly body?: Body
}

/** As a stranger, or as whoever may use the route. */
export async function send(
  { app, source }: World,
  { route, isOwner, address = addressOf(route, route.url.startsWith('/webhooks') ? source.id : 'x'), body }: Sending,
): Promise<{ readonly status: number; readonly text: string; readonly type: string }> {
  const token = route.url.startsWith('/webhooks') ? source.token : TOKEN
  const type = route.url === '/oauth/token' && isOwner ? 'application/x-www-form-urlencoded' : 'application/json'
  const answer = await fetch(app.url + address, {
    method: route.method,
    redirect: 'manual',
    headers: {
      ...(isOwner ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': type } : {}),
      ...(body?.encoding === undefined ? {} : { 'content-encoding': body.encoding }),
    },
    ...(body && !['GET', 'HEAD'].includes(route.method) ? { body: body.bytes } : {}),
  })
  const { status, headers } = answer
  return { status, text: await answer.text(), type: headers.get('content-type') ?? '' }
}

/** What is wrong with how a hostile request was answered; nothing as a rule. */
export function faultIn({
  status,
  text,
  type,
}: {
  readonly status: number
  readonly text: string
  readonly type: string
}): string | undefined {
  if (status >= 500 && status !== 503) return `${status} ${text.slice(0, 200)}`
  if (status < 400) return undefined
  if (Buffer.byteLength(text) > MOST_ANSWERED) return `an answer of ${Buffer.byteLength(text)} bytes`
  return type.includes('json') || text === '' ? undefined : `a refusal of the type ${type}`
}

const MOST_ANSWERED = 64 * 1024

type Cost = { readonly what: string; readonly bytes: number; readonly processorMs: number }

/** What became of the bodies: how often each status was answered, what was wrong, and what each cost. */
type Outcome = {
  readonly statuses: ReadonlyMap<number, number>
  readonly faults: readonly string[]
  readonly costs: readonly Cost[]
}

const MIB = 1024 * 1024

/**
 * Sends every hostile body to every route that may have one: as a caller as large as the route takes, so that it is
 * read, and as a stranger with 1 MiB. The processor time is that of this process, which is both sides.
 */
export async function driveBodies({ world, routes }: Driven): Promise<Outcome> {
  const [statuses, faults, costs] = [new Map<number, number>(), new Array<string>(), new Array<Cost>()]
  const made = new Map<string, Body>()
  const bodyOf = (kind: string, size: number): Body => {
    const known = made.get(`${kind} ${size}`)
    const body = known ?? HOSTILE_BODIES[kind]?.(size)
    if (!body) throw new Error(`there is no body ${kind}`)
    made.set(`${kind} ${size}`, body)
    return body
  }
  for (const route of routes.filter(({ method }) => !['GET', 'HEAD'].includes(method)))
    for (const kind of Object.keys(HOSTILE_BODIES))
      for (const isOwner of [true, false]) {
        const body = bodyOf(kind, isOwner ? Math.min(route.bodyLimit, MIB) : MIB)
        const what = `${kind} to ${route.method} ${route.url}, ${isOwner ? 'signed in' : 'a stranger'}`
        const before = process.cpuUsage()
        const answer = await send(world, { route, isOwner, body })
        const { user, system } = process.cpuUsage(before)
        costs.push({ what, bytes: body.bytes.length, processorMs: (user + system) / 1_000 })
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const fault = faultIn(answer)
        if (fault !== undefined) faults.push(`${what}: ${fault}`)
      }
  return { statuses, faults, costs }
}
