import { type Random } from '../../simulator/random.ts'
import { type Simulator } from '../../simulator/simulator.ts'
import { startProgram, type Child, type Environment } from '../child.ts'
import { between } from './crowd.ts'
import { send, settled, type Post, type Source } from './relay.ts'

/** The instant of a kill: each kind finds the service in another phase. */
type Kill =
  /** Under load, right after so many acknowledgements. */
  | { readonly when: 'acknowledged'; readonly count: number }
  /** No load: after so many more requests at Mailchimp. */
  | { readonly when: 'delivering'; readonly count: number }
  /** At its first request to Mailchimp, which leaves before it listens. */
  | { readonly when: 'starting' }
  /** As soon as it says that it listens. */
  | { readonly when: 'listening' }

/** One process, and when it was started. */
export type Life = { readonly from: number }

export type Scene = {
  readonly env: Environment
  readonly simulator: Simulator
  readonly source: Source
  readonly post: Post
}

/** So many kills, most of them under load, in an order of the dice. */
export function killsFor(rounds: number, mostAcks: number, dice: Random): Kill[] {
  return Array.from({ length: rounds }, (_, index): Kill => {
    if (index % 5 === 2) return { when: 'delivering', count: between([1, 40], dice) }
    if (index % 5 === 4) return { when: dice() < 0.5 ? 'starting' : 'listening' }
    return { when: 'acknowledged', count: between([1, mostAcks], dice) }
  })
}

/** Starts the service on what the last kill left, lets it work until the instant, and kills it. */
export async function liveAndDie({ env, simulator, source, post }: Scene, kill: Kill): Promise<Life> {
  const from = Date.now()
  await using service = startProgram(['serve'], env)
  await instantOf({ service, simulator, source, post }, kill)
  const { code, signal } = await service.kill()
  if (signal !== 'SIGKILL') throw new Error(`the service ended by itself with ${code}: ${service.stderr()}`)
  return { from }
}

type Stage = Omit<Scene, 'env'> & { readonly service: Child }

/** Resolves when the service is to be killed; under load, it is killed here, between two acknowledgements. */
async function instantOf({ service, simulator, source, post }: Stage, kill: Kill): Promise<void> {
  const { calls } = simulator.control.stats()
  if (kill.when === 'starting')
    return void (await Promise.race([simulator.control.arrived(calls + 1), service.listening]))
  const url = await service.listening
  if (kill.when === 'delivering')
    return void (await Promise.race([simulator.control.arrived(calls + kill.count), settled(url)]))
  if (kill.when === 'acknowledged') await loadUntilKilled({ service, url, source, post }, kill.count)
}

type Load = { readonly service: Child; readonly url: string; readonly source: Source; readonly post: Post }

async function loadUntilKilled({ service, url, source, post }: Load, count: number): Promise<void> {
  let acks = 0
  const onAck = (): void => {
    if (++acks === count) void service.kill()
  }
  await send(post, { url, source, onAck, isOver: () => acks >= count || !service.isAlive() })
}
