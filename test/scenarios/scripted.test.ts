import { describe, expect, test } from 'vitest'
import { everyoneEndsRight } from '../changes-of-mind.ts'

describe('50 contacts change their mind again and again while Mailchimp does everything it can do wrong', () => {
  test('I4 I5 I15 R22: every final state is right, every request says the newest, one at a time, and few are extra', async () => {
    const { faulty } = await everyoneEndsRight({ seed: 7 })
    expect(faulty).toBeGreaterThan(100)
  })
})
