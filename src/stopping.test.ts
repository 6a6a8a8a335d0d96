import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createStopping, STOP_LIMITS } from './stopping.ts'

const { askMs, answerMs, mostMs } = STOP_LIMITS
const NEVER = new Promise<never>(() => undefined)
const close = () => Promise.resolve()
const answers = () => Promise.resolve(true)
const refuses = () => Promise.resolve(false)

describe('a stop', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    // Nothing of a stop outlives it.
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })

  test('lets go of the last first, one after the other, and waits for no time to pass', async () => {
    const stopping = createStopping()
    const ended: string[] = []
    for (const what of ['store', 'lanes', 'server']) {
      stopping.add(what, async () => {
        await Promise.resolve()
        ended.push(what)
      })
    }
    expect(await stopping.stop(STOP_LIMITS)).toBeUndefined()
    expect(ended).toEqual(['server', 'lanes', 'store'])
  })

  test('lets go of what is behind a step that fails, too, and then says so', async () => {
    const stopping = createStopping()
    const ended: string[] = []
    stopping.add('store', () => Promise.resolve(ended.push('store')))
    stopping.add('lanes', () => Promise.reject(new Error('the lanes failed')))
    await expect(stopping.stop(STOP_LIMITS)).rejects.toThrow('the lanes failed')
    expect(ended).toEqual(['store'])
  })

  test.each([
    ['a store that says it is away', refuses, askMs],
    ['a store that says nothing', () => NEVER, askMs + answerMs],
  ])('R32: is over within 10 s with %s, and names the step', async (_, isAnswering, ms) => {
    const stopping = createStopping()
    stopping.addStore({ close, isAnswering })
    stopping.add('deliveries', () => NEVER)
    stopping.add('the server', () => Promise.resolve())
    const stop = stopping.stop(STOP_LIMITS)
    await vi.advanceTimersByTimeAsync(ms)
    expect(await stop).toEqual({ step: 'deliveries', reason: 'store_silent', waitedMs: ms })
    expect(ms).toBeLessThan(10_000)
  })

  test('waits for longer while the store answers, as for a request at Mailchimp, but not without end', async () => {
    const stopping = createStopping()
    stopping.addStore({ close, isAnswering: answers })
    stopping.add('deliveries', () => NEVER)
    const stop = stopping.stop(STOP_LIMITS)
    await vi.advanceTimersByTimeAsync(mostMs)
    expect(await stop).toEqual({ step: 'deliveries', reason: 'too_long', waitedMs: mostMs })
  })

  test('does not ask a store that it closes itself', async () => {
    const stopping = createStopping()
    const slowly = () => new Promise<void>(resolve => setTimeout(resolve, askMs + 1))
    stopping.addStore({ close: slowly, isAnswering: refuses })
    const stop = stopping.stop(STOP_LIMITS)
    await vi.advanceTimersByTimeAsync(askMs + 1)
    expect(await stop).toBeUndefined()
  })

  test('ends in order when what it waits for comes after a while', async () => {
    const stopping = createStopping()
    stopping.add('deliveries', () => new Promise(resolve => setTimeout(resolve, 3 * askMs + 1)))
    const stop = stopping.stop(STOP_LIMITS)
    await vi.advanceTimersByTimeAsync(3 * askMs + 1)
    expect(await stop).toBeUndefined()
  })
})
