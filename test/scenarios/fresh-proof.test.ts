import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { colleagueOf, OWNER, ownerOf, visitorOf } from '../visitor.ts'
import { startWorld } from '../world.ts'

const COLLEAGUE = { email: 'new@mail.test', name: 'New', password: 'six words make a long row', role: 'viewer' }

/** What outlives a session, or cannot be undone. */
const NEEDING = [
  ['POST', '/v1/tokens', { name: 'a script', role: 'viewer' }, 201],
  ['DELETE', '/v1/tokens/tok_none', undefined, 404],
  ['POST', '/v1/accounts', COLLEAGUE, 201],
  ['PATCH', '/v1/accounts/acc_none', { name: 'X' }, 404],
  ['PATCH', '/v1/retention', { attempts: 30 }, 200],
  ['DELETE', '/v1/people/nobody%40mail.test', undefined, 404],
] as const

describe('a session that was signed in to a while ago', () => {
  test.each(NEEDING)('%s %s needs the password once more', async (method, path, body, status) => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    await world.passes(5 * MINUTE - 1)
    expect((await owner.call(method, path, body)).status).toBe(status)
    await world.passes(1)
    const stale = await owner.call(method, path, body)
    expect([stale.status, stale.body.code]).toEqual([403, 'proof_required'])

    const wrong = await owner.call('POST', '/v1/session/proof', { password: 'not my password at all' })
    expect([wrong.status, wrong.body.errors]).toMatchObject([422, [{ path: 'password', code: 'wrong_password' }]])
    expect((await owner.call(method, path, body)).body.code).toBe('proof_required')

    const proof = await owner.call('POST', '/v1/session/proof', { password: OWNER.password })
    expect([proof.status, proof.body]).toMatchObject([200, { proved_at: new Date(world.now()).toISOString() }])
    expect((await owner.call(method, path, body)).body.code).not.toBe('proof_required')
  })

  test('reads and works on as before, and an API token needs no proof and can give none', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    await world.passes(6 * MINUTE)
    for (const path of ['/v1/tokens', '/v1/accounts', '/v1/retention', '/v1/stats'])
      expect((await owner.call('GET', path)).status).toBe(200)
    expect((await world.api('POST', '/v1/tokens', { name: 'a script', role: 'viewer' })).status).toBe(201)
    const byToken = await world.api<{ code: string }>('POST', '/v1/session/proof', { password: OWNER.password })
    expect([byToken.status, byToken.body.code]).toEqual([403, 'forbidden'])
  })

  test('a proof is for the session that gave it, and gives nobody another role', async () => {
    await using world = await startWorld()
    const owner = await ownerOf(world.app)
    const viewer = await colleagueOf(owner, world.app.url, 'viewer')
    await world.passes(6 * MINUTE)
    const other = visitorOf(world.app.url)
    await other.signIn(OWNER.email, OWNER.password)
    expect((await owner.call('POST', '/v1/tokens', { name: 'x', role: 'viewer' })).body.code).toBe('proof_required')
    expect((await other.call('POST', '/v1/tokens', { name: 'x', role: 'viewer' })).status).toBe(201)
    expect((await viewer.call('POST', '/v1/tokens', { name: 'x', role: 'viewer' })).body.code).toBe('forbidden')
  })
})
