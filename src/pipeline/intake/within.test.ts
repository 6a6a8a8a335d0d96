import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { within } from './within.ts'

describe('R32: what a sender waits for', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  test('is given as it comes, good or bad', async () => {
    expect(await within(100, Promise.resolve('kept'))).toBe('kept')
    await expect(within(100, Promise.reject(new Error('not kept')))).rejects.toThrow('not kept')
  })

  test('is refused once the time has passed, whatever becomes of it then', async () => {
    for (const late of ['fails', 'comes'] as const) {
      let end: () => void = () => undefined
      const work = new Promise((resolve, reject) => {
        end = () => (late === 'comes' ? resolve('kept') : reject(new Error('not kept')))
      })
      const given = within(100, work).catch((error: unknown) => error)
      await vi.advanceTimersByTimeAsync(100)
      expect(await given).toMatchObject({ code: 'store_unavailable' })
      // Nobody waits for it any more, and a failure that nobody hears would end the process.
      end()
      await vi.advanceTimersByTimeAsync(0)
    }
  })
})
