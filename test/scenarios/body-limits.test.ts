import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/domain/limits.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { createLog } from '../../src/log.ts'
import { startWorld, TOKEN, type World } from '../world.ts'

const KIB = 1024

type Operation = { readonly requestBody?: { readonly description: string }; readonly 'x-role'?: string }
type Problem = { readonly code: string; readonly detail: string; readonly errors: readonly { readonly code: string }[] }

let world: World
let lost: string[]
beforeEach(async () => {
  lost = []
  const telemetry = {
    ...createTelemetry(createLog('silent')),
    bodyRefused: ({ route }: { route: string }) => void lost.push(route),
  }
  world = await startWorld({ telemetry })
})
afterEach(() => world[Symbol.asyncDispose]())

const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}, method = 'POST') =>
  fetch(world.app.url + path, {
    method,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    body,
  })

/** Every operation with a body, by the description that the service gives of itself, and how many bytes that may have. */
async function operations() {
  const { paths } = (await (await fetch(`${world.app.url}/openapi.json`)).json()) as {
    paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody, 'x-role': role }]) => {
      if (!requestBody) return []
      const [, number, unit] = /^At most (\d+) ([KM]iB)\.$/.exec(requestBody.description) ?? []
      return [{ path, method: method.toUpperCase(), role, most: Number(number) * (unit === 'MiB' ? KIB * KIB : KIB) }]
    }),
  )
}

describe('a body', () => {
  test('may have 16 KiB from a stranger, 256 KiB from a caller, and 1 MiB where it holds facts', async () => {
    const most = new Map((await operations()).map(({ path, method, ...rest }) => [`${method} ${path}`, rest]))
    const isLarger = ['POST /v1/events', 'POST /webhooks/didomi/{sourceId}']
    expect(isLarger.map(each => most.get(each)?.most)).toEqual([LIMITS.bodyBytes, LIMITS.encodedBodyBytes])
    for (const [operation, { role, most: bytes }] of most)
      if (!isLarger.includes(operation))
        expect([operation, bytes]).toEqual([operation, role === undefined || role === 'public' ? 16 * KIB : 256 * KIB])
    expect(most.size).toBeGreaterThan(20)
  })

  test('is taken up to what the description says, and a byte more is refused with 413', async () => {
    for (const { path, method, most } of await operations()) {
      const isWebhook = path.startsWith('/webhooks')
      const address = path.replace('{sourceId}', world.source.id).replace('{id}', 'x')
      const headers = isWebhook ? { authorization: `Bearer ${world.source.token}`, 'content-encoding': 'zstd' } : {}
      const whole = await post(address, '"'.padEnd(most - 1, 'a') + '"', headers, method)
      expect([method, path, whole.status]).not.toEqual([method, path, 413])
      const more = await post(address, '"'.padEnd(most, 'a') + '"', headers, method)
      expect([method, path, more.status]).toEqual([method, path, 413])
      expect(((await more.json()) as Problem).detail).toMatch(/^this address takes \d+ [KM]iB at most$/)
    }
    expect(lost.sort()).toEqual(['/v1/events', '/webhooks/didomi/:sourceId'])
  })

  test('that is refused is lost only where an authenticated sender sent facts: a stranger raises no alert', async () => {
    const webhook = `/webhooks/didomi/${world.source.id}`
    const body = 'x'.repeat(LIMITS.encodedBodyBytes + 1)
    const types = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'no type', '']
    for (const type of types)
      for (const path of [
        '/v1/session',
        '/v1/setup',
        '/oauth/token',
        '/v1/events',
        '/v1/sources',
        webhook,
        '/nothing',
      ]) {
        const answer = await post(path, body, { authorization: 'Bearer wrong', 'content-type': type })
        expect([path, type, answer.status]).toEqual([path, type, expect.toSatisfy(each => each >= 400 && each < 500)])
      }
    expect(lost).toEqual([])
    expect((await post(webhook, body, { authorization: `Bearer ${world.source.token}` })).status).toBe(413)
    expect(lost).toEqual(['/webhooks/didomi/:sourceId'])
  })
})

const keys = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, 0])))
const mappings = (count: number, id = 'NEWS') =>
  JSON.stringify({ mappings: Array.from({ length: count }, () => ({ id, value: 1 })) })

describe('what is wrong with a body', () => {
  test.each([
    ['unknown keys', '/v1/session', keys(1_200)],
    ['unknown keys', '/v1/integrations', keys(4_900)],
    ['a list of faults', '/v1/integrations', mappings(1_200)],
    ['a key of 200 kB', '/v1/sources', `{${JSON.stringify('k'.repeat(200_000))}:1}`],
    [
      'keys of 2 kB',
      '/v1/sources',
      JSON.stringify(Object.fromEntries(Array.from({ length: 99 }, (_, n) => [`${'\0'.repeat(300)}${n}`, 1]))),
    ],
    ['a list of events that are none', '/v1/events', ''],
  ])('is told in 100 problems of 64 KiB at most: %s at %s', async (_name, path, body) => {
    const events = JSON.stringify({
      source_id: world.source.id,
      events: Array.from({ length: 999 }, () => ({ parameters: 7 })),
    })
    const answer = await post(path, body || events)
    const text = await answer.text()
    expect([answer.status, Buffer.byteLength(text)]).toEqual([422, expect.toSatisfy(size => size < 64 * KIB)])
    const { errors } = JSON.parse(text) as Problem
    expect(errors.length).toBeLessThanOrEqual(100)
    expect(errors.length).toBeGreaterThan(0)
    if (!path.endsWith('sources')) expect(errors.at(-1)).toMatchObject({ code: 'more_problems' })
  })

  test.each([
    ['too many values', '/v1/integrations', keys(LIMITS.bodyValues), 'too_many_values'],
    ['too many values', '/v1/events', keys(LIMITS.factValues), 'too_many_values'],
    ['too deep', '/v1/integrations', `{"options":${'['.repeat(200)}${']'.repeat(200)}}`, 'too_deep'],
    ['too deep', '/v1/session', '['.repeat(16_000), 'too_deep'],
    ['too deep', '/v1/events', `{"source_id":"x","events":[${'['.repeat(400_000)}${']'.repeat(400_000)}]}`, 'too_deep'],
  ])('ends at its bounds, before it is validated: %s at %s', async (_name, path, body, code) => {
    const answer = await post(path, body)
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'invalid_request', errors: [{ code }] })
  })

  test('is told in at most 100 problems by an answer that is no refusal, too', async () => {
    const mapped = Array.from({ length: 150 }, (_, n) => ({ id: `T${n}`, value: 'country' }))
    const id = await world.integrates({ enabled: false, mappings: mapped })
    const { body } = await world.api<{ problems: unknown[] }>('POST', `/v1/integrations/${id}/check`)
    expect(body.problems).toHaveLength(100)
    expect(body.problems.at(-1)).toMatchObject({ code: 'more_problems', detail: 'And 51 more problems.' })
  })
})
