import { useSyncExternalStore } from 'react'

const TICK_MS = 5_000

const listeners = new Set<() => void>()
let now = Date.now()
let timer: number | undefined

/** One clock for the whole page, so that all relative times move together. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  if (timer === undefined) {
    now = Date.now()
    timer = window.setInterval(tick, TICK_MS)
  }
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    window.clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  now = Date.now()
  listeners.forEach(each => each())
}

export const useNow = (): number => useSyncExternalStore(subscribe, () => now)
