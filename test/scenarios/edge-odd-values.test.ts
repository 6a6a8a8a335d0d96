import { describe, expect, test } from 'vitest'
import { freshPostgres } from '../databases.ts'
import { startWorld, type World, type WorldOptions } from '../world.ts'

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: unknown }>> }
}
type Description = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, { readonly examples?: readonly unknown[] }>> }
}
type Json = Readonly<Record<string, unknown>>

const ODD = [
  'a\0b',
  '\ud800',
  '',
  ' ',
  '\u202e',
  '__proto__',
  'a'.repeat(5_000),
  '9'.repeat(400),
  "';--",
  '🦕'.repeat(200),
]
const ODDER: readonly unknown[] = [...ODD, null, 1e308, -1, 0.1, true, [], {}, [null], { a: { b: 1 } }]

/** The value with each of its parts replaced by each odd one, one at a time. */
function* oddVersions(value: unknown): Generator<unknown> {
  yield* ODDER
  if (Array.isArray(value))
    for (const [at, each] of value.entries()) for (const odd of oddVersions(each)) yield value.with(at, odd)
  else if (typeof value === 'object' && value !== null)
    for (const [key, each] of Object.entries(value)) for (const odd of oddVersions(each)) yield { ...value, [key]: odd }
}

type Call = { readonly method: string; readonly path: string; readonly body?: unknown }

/** Every operation of the API with one thing that is odd: a query parameter, or a part of the example of its body. */
function* oddCalls({ paths, components }: Description, { source }: World): Generator<Call> {
  for (const [template, operations] of Object.entries(paths).filter(([path]) => path.startsWith('/v1/')))
    for (const [method, { parameters = [], requestBody }] of Object.entries(operations)) {
      const call = {
        method: method.toUpperCase(),
        path: template.replace('{id}', template.includes('sources') ? source.id : 'x'),
      }
      for (const { name } of parameters.filter(each => each.in === 'query'))
        for (const odd of ODD)
          yield { ...call, path: `${call.path}?${name}=${encodeURIComponent(odd.replace('\ud800', '\ufffd'))}` }
      const [media] = Object.values(requestBody?.content ?? {})
      const name = /schemas\/(\w+)"/.exec(JSON.stringify(media?.schema ?? ''))?.[1]
      const example = components.schemas[name ?? '']?.examples?.[0]
      const own = isObject(example) && 'source_id' in example ? { ...example, source_id: source.id } : example
      if (own !== undefined) for (const body of oddVersions(own)) yield { ...call, body }
    }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

async function isTaken(options: WorldOptions): Promise<number> {
  await using world = await startWorld(options)
  const description = (await (await fetch(`${world.app.url}/openapi.json`)).json()) as Description
  const faults: string[] = []
  let calls = 0
  for (const { method, path, body } of oddCalls(description, world)) {
    calls++
    const { status, body: answer } = await world.api<unknown>(method, path, body)
    if (status >= 500)
      faults.push(`${method} ${path} ${JSON.stringify(body)?.slice(0, 300)}: ${JSON.stringify(answer)}`)
  }
  expect(faults).toEqual([])
  return calls
}

describe('one odd value in a request that is right otherwise is no bug of ours, and is answered as described', () => {
  test('on sqlite', async () => {
    expect(await isTaken({})).toBeGreaterThan(1_000)
  })

  test('on postgres', async () => {
    const { url, db } = await freshPostgres()
    try {
      expect(await isTaken({ databaseUrl: url })).toBeGreaterThan(1_000)
    } finally {
      await db.close()
    }
  })
})
