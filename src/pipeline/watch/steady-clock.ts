import { NOTICEABLE, steadyTime, type Clocks } from '../../domain/steady-time.ts'
import { type Telemetry } from '../../telemetry.ts'

type SteadyClock = {
  /** R31: the time of the service, which never goes back. */
  now(): number
  /** By how much it is ahead of the wall clock, because that was set back. */
  ahead(): number
  /**
   * Tells when the wall clock was set since this was asked last. One that was set forward is followed once `heed` has
   * seen to what would end too soon.
   */
  check(heed: (step: Step) => Promise<void>): Promise<void>
}

export type Step = { readonly from: number; readonly to: number }

export function createSteadyClock(read: () => Clocks, telemetry: Pick<Telemetry, 'clockSet'>): SteadyClock {
  let anchor = read()
  let told = 0
  let checking: Promise<void> | undefined
  const look = () => {
    const time = steadyTime(anchor, read())
    anchor = time.anchor
    return time
  }
  const ahead = (): number => Math.max(0, look().at - read().wall)
  return {
    now: () => look().at,
    ahead,
    check: heed => (checking ??= checkNow(heed).finally(() => (checking = undefined))),
  }

  async function checkNow(heed: (step: Step) => Promise<void>): Promise<void> {
    const ms = ahead()
    if (ms >= told + NOTICEABLE) telemetry.clockSet({ ms: -ms })
    told = ms
    const clocks = read()
    const { at: from, forward } = steadyTime(anchor, clocks)
    if (forward === 0) return
    await heed({ from, to: clocks.wall })
    anchor = clocks
    telemetry.clockSet({ ms: forward })
  }
}
