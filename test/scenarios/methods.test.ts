import { request as httpRequest } from 'node:http'
import { expect, test } from 'vitest'
import { startWorld, type World } from '../world.ts'

type Methods = Readonly<Record<string, unknown>>

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

/** The addresses of the description, each with the methods that it takes. */
async function addressesOf(world: World): Promise<readonly (readonly [path: string, takes: readonly string[]])[]> {
  const { paths } = (await (await fetch(`${world.app.url}/openapi.json`)).json()) as {
    paths: Readonly<Record<string, Methods>>
  }
  return Object.entries(paths).map(([path, methods]) => {
    const described = Object.keys(methods).map(method => method.toUpperCase())
    return [path.replace(/\{\w+\}/, 'x'), described.includes('GET') ? [...described, 'HEAD'] : described]
  })
}

const allowed = (answer: Response): string[] | undefined => answer.headers.get('allow')?.split(', ').sort()

test('an address answers 405 with Allow to every method that it does not take', async () => {
  await using world = await startWorld()
  const addresses = await addressesOf(world)
  expect(addresses.length).toBeGreaterThan(40)
  for (const [path, takes] of addresses)
    for (const method of METHODS.filter(each => !takes.includes(each))) {
      const answer = await fetch(world.app.url + path, { method })
      expect([method, path, answer.status, allowed(answer)]).toEqual([method, path, 405, [...takes].sort()])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
    }
})

test('the refusal says which methods there are, to a caller with a token, too', async () => {
  await using world = await startWorld()
  const { status, body } = await world.api('DELETE', '/v1/stats')
  expect(status).toBe(405)
  expect(body).toMatchObject({ code: 'method_not_allowed', detail: 'this address takes GET, HEAD, not DELETE' })
})

test('a method that an address takes still asks for a token first', async () => {
  await using world = await startWorld()
  for (const [path, takes] of await addressesOf(world))
    for (const method of takes) {
      const { status } = await fetch(world.app.url + path, { method })
      expect([method, path, status]).not.toEqual([method, path, 405])
      if (path.startsWith('/webhooks')) expect(status).toBe(401)
    }
})

test('answers 405 before the body has come', async () => {
  await using world = await startWorld()
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000000' }
    const url = `${world.app.url}/webhooks/didomi/${world.source.id}`
    const request = httpRequest(url, { method: 'PUT', headers }, answer => {
      resolve(answer.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.flushHeaders()
  })
  expect(status).toBe(405)
})

test('HEAD answers as GET does, without a body', async () => {
  await using world = await startWorld()
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
    const answer = await fetch(world.app.url + path, { method: 'HEAD' })
    expect([path, answer.status, await answer.text()]).toEqual([path, 200, ''])
  }
})

test('where there is nothing, every method is answered 404', async () => {
  await using world = await startWorld()
  for (const path of ['/nothing', '/v1/nothing', '/v1/sources/', '/docs/static/nothing'])
    for (const method of ['POST', 'OPTIONS', 'PROPFIND']) {
      const answer = await fetch(world.app.url + path, { method })
      expect([method, path, answer.status, allowed(answer)]).toEqual([method, path, 404, undefined])
    }
})
