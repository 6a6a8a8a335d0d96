import { describe, expect, test } from 'vitest'
import { SECOND } from '../../src/domain/instant.ts'
import { startWorld } from '../world.ts'
import { BY_EMAIL, changes, HOME, news, says, WORK, aSharedWorld as aWorld } from '../shared-records.ts'

const GRANTS = says('ada', { email: HOME, newsletter: true }, 1)
const moves = (newsletter: boolean) =>
  changes(
    'ada',
    [
      { email: HOME, newsletter: true },
      { email: WORK, newsletter },
    ],
    [1, 5],
  )

describe('R16d R22: a grant of unknown end is applied late, to a contact that its person has left by then', () => {
  test.each([
    { name: 'and denies at the new one', newsletter: false, upsert: false, late: 60 },
    { name: 'and grants at the new one', newsletter: true, upsert: false, late: 60 },
    { name: 'at the end of the window', newsletter: false, upsert: false, late: 115 },
    { name: 'which that request makes', newsletter: false, upsert: true, late: 60 },
    { name: 'which that request makes, while the new one is granted', newsletter: true, upsert: true, late: 100 },
  ])('$name', async ({ newsletter, upsert, late }) => {
    await using world = upsert ? await startWorld({ feed: 'user' }) : await aWorld()
    await world.integrates({ ...BY_EMAIL, upsert_mode: upsert })
    const fault = { stall: true, apply_late_ms: late * SECOND }
    world.mailchimp.addFault({ match: { method: upsert ? 'PUT' : 'PATCH' }, count: 1, fault })
    await world.receives(GRANTS)
    await world.passes(40 * SECOND)
    await world.receives(moves(newsletter))
    await world.passes(600 * SECOND)
    await world.settles()
    expect([news(world, HOME), news(world, WORK)]).toEqual(['false', `${newsletter}`])
  })
})
