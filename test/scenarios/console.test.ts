import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWorld, type World } from '../world.ts'

const PAGE = `<!doctype html><meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="/assets/a-1.js"></script>`
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

const policyWith = (nonce: string) =>
  `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

describe('the console', () => {
  let folder = ''
  let world: World
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'consent-relay-console-'))
    await mkdir(join(folder, 'assets'))
    await writeFile(join(folder, 'index.html'), PAGE)
    await writeFile(join(folder, 'assets', 'a-1.js'), 'export {}')
    await writeFile(join(folder, 'assets', 'a-1.js.gz'), gzipSync('export {}'))
    await writeFile(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
    world = await startWorld({ consoleFolder: folder })
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const get = (path: string, headers: Readonly<Record<string, string>> = BROWSER) =>
    fetch(world.app.url + path, { headers })

  const nonceIn = (page: string): string => /nonce="([^"]+)"/.exec(page)?.[1] ?? ''

  test('a script travels compressed to whoever takes it so, and plain to others', async () => {
    for (const [encoding, sent] of [
      ['gzip', 'gzip'],
      ['identity', null],
    ] as const) {
      const answer = await get('/assets/a-1.js', { 'accept-encoding': encoding })
      expect([await answer.text(), answer.headers.get('content-encoding')]).toEqual(['export {}', sent])
      expect(answer.headers.get('content-type')).toContain('javascript')
      expect(answer.headers.get('cache-control')).toContain('immutable')
      expect(answer.headers.get('vary')).toMatch(/accept-encoding/i)
    }
  })

  test('its page has exactly this policy, with the nonce that stands in the page, and is kept by nobody', async () => {
    const answer = await get('/')
    const page = await answer.text()
    const nonce = nonceIn(page)
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect(page).toBe(PAGE.replaceAll('__CSP_NONCE__', nonce))
    expect(answer.headers.get('content-security-policy')).toBe(policyWith(nonce))
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  })

  test('the nonce is another one each time', async () => {
    const nonces = await Promise.all([1, 2, 3].map(async () => nonceIn(await (await get('/')).text())))
    expect(new Set(nonces).size).toBe(3)
  })

  test.each(['/setup', '/people/ada%40mail.test', '/integrations/int_1?tab=mapping', '/v1x', '/index.html'])(
    '%s is its page, too',
    async path => {
      const answer = await get(path)
      expect(answer.status).toBe(200)
      expect(nonceIn(await answer.text())).toMatch(/^[\w-]{22}$/)
    },
  )

  test.each(['/v1/nothing', '/v1', '/webhooks/x', '/oauth/x', '/docs/x/y', '/assets/gone.js', '/metrics/x'])(
    '%s stays a problem',
    async path => {
      const answer = await get(path)
      expect(answer.status).toBe(404)
      expect(await answer.json()).toMatchObject({ code: 'not_found' })
    },
  )

  test('what asks for no page gets none, and nothing can be posted to one', async () => {
    for (const accept of ['application/json', '*/*']) expect((await get('/setup', { accept })).status).toBe(404)
    expect((await fetch(`${world.app.url}/setup`, { method: 'POST', headers: BROWSER })).status).toBe(404)
  })

  test('what the build named after its content is kept for a year, the rest is asked for again', async () => {
    const asset = await get('/assets/a-1.js')
    expect([asset.status, await asset.text()]).toEqual([200, 'export {}'])
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(asset.headers.get('content-type')).toContain('javascript')
    const icon = await get('/icon.svg')
    expect([icon.status, icon.headers.get('cache-control')]).toEqual([200, 'no-cache'])
  })

  test.each(['/assets/../index.html', '/assets/%2e%2e/%2e%2e/etc/passwd', '/assets/..%2findex.html'])(
    'nothing outside its files is served: %s',
    async path => {
      expect(await (await get(path)).text()).not.toContain('__CSP_NONCE__')
    },
  )
})

test('without a built console its addresses are plain problems', async () => {
  await using world = await startWorld()
  for (const path of ['/', '/setup', '/assets/a-1.js']) {
    const answer = await fetch(world.app.url + path, { headers: BROWSER })
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
  }
})
