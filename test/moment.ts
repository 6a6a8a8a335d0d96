/** A moment that a test waits for, and what tells that it has come. */
export function moment(): readonly [come: Promise<void>, tell: () => void] {
  let tell: () => void = () => undefined
  const come = new Promise<void>(resolve => (tell = resolve))
  return [come, tell]
}
