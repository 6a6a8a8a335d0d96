import { expect, test } from 'vitest'
import { startWorld, type World } from '../world.ts'

const ROLES = ['viewer', 'operator', 'owner'] as const
type Role = (typeof ROLES)[number]

/** What the console asks for, and the least role that may ask. */
const ASKED: readonly (readonly [method: string, path: string, least: Role])[] = [
  ['GET', '/v1/events', 'viewer'],
  ['GET', '/v1/events/fct_none', 'viewer'],
  ['GET', '/v1/overview', 'viewer'],
  ['GET', '/v1/people?search=ada', 'viewer'],
  ['GET', '/v1/people/ada/mailchimp?integration_id=int_none', 'viewer'],
  ['GET', '/v1/sources/src_none/paths', 'viewer'],
  ['POST', '/v1/sources/src_none/renew-secret', 'operator'],
  ['POST', '/v1/sources/src_none/end-previous-secret', 'operator'],
  ['POST', '/v1/plans', 'operator'],
  ['POST', '/v1/integrations/int_none/impact', 'operator'],
  ['POST', '/v1/integrations/int_none/test-write', 'operator'],
  ['POST', '/v1/people/ada/reveal', 'viewer'],
  ['DELETE', '/v1/people/ada', 'owner'],
  ['POST', '/v1/mailchimp/account', 'operator'],
  ['POST', '/v1/mailchimp/audience', 'operator'],
  ['POST', '/v1/mailchimp/merge-fields', 'operator'],
]

async function tokensOf(world: World): Promise<Record<Role, string>> {
  const make = async (role: Role) =>
    (await world.api<{ token: string }>('POST', '/v1/tokens', { name: role, role })).body.token
  return { viewer: await make('viewer'), operator: await make('operator'), owner: await make('owner') }
}

test('what the console asks for is refused below its role, and from it on not for the role', async () => {
  await using world = await startWorld()
  const tokens = await tokensOf(world)
  const isAllowed = async (method: string, path: string, token: string) => {
    const sent = method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, body: '{}' }
    const headers = { ...sent.headers, authorization: `Bearer ${token}` }
    const { status } = await fetch(world.app.url + path, { ...sent, method, headers })
    // Who may ask is answered, or told what is wrong with the question.
    expect([200, 204, 403, 404, 422], `${method} ${path}`).toContain(status)
    return status !== 403
  }
  for (const [method, path, least] of ASKED)
    for (const role of ROLES) {
      const may = ROLES.indexOf(role) >= ROLES.indexOf(least)
      expect([method, path, role, await isAllowed(method, path, tokens[role])]).toEqual([method, path, role, may])
    }
})
