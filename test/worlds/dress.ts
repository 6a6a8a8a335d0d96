import { type Dice } from './dice.ts'
import { START } from './story.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How far a device's clock is ahead, or behind. */
export const SKEWS = [2, 4, 7, 45, 23 * 60, 30 * 60, -90].map(minutes => minutes * MINUTE)

const ZONES = ['Z', '+00:00', '+0000', '+02:00', '-0530', '+01', '-08'] as const

/** The same instant as another clock writes it. */
export function stampIn(at: number, dice: Dice): string {
  const zone = dice.pick(ZONES)
  const digits = zone.replace(/[Z+:-]/g, '').padEnd(4, '0')
  const offset = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * MINUTE * (zone.startsWith('-') ? -1 : 1)
  const local = new Date(START + at + (zone === 'Z' ? 0 : offset)).toISOString().slice(0, -1)
  return `${dice.chance(0.5) ? local : local.slice(0, 19)}${zone}`
}

/** One person's id in another spelling. */
export function spelled(who: string, dice: Dice): string {
  const at = who.lastIndexOf('@')
  return dice.pick([
    who.toUpperCase(),
    ` ${who} `,
    `${who.slice(0, at)}${who.slice(at).toUpperCase()}`,
    `${who}\u200b`,
    `\ufeff${who}`,
  ])
}

/** Didomi's option *Flatten*: only the newest entity is left, under one name. */
export function flattened(record: object): object {
  const { type, parameters } = record as { type: string; parameters: Record<string, unknown> }
  const { entity, new_entity: now } = parameters
  const flat: [string, unknown][] = []
  const walk = (value: unknown, path: readonly string[]): void => {
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
    if (inner.length === 0) flat.push([path.join('__'), value])
    for (const [key, each] of inner) walk(each, [...path, key])
  }
  walk(entity ?? now, ['parameters', 'entity'])
  return { type, ...Object.fromEntries(flat) }
}

export const hours = (count: number): number => count * HOUR
export const minutes = (count: number): number => count * MINUTE
