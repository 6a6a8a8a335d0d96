import { type Told } from './record.ts'

/** Versions order the records of one life; where one has none, the times do, then ids, so that no order is left open. */
export function instantOrder(one: Told, other: Told): number {
  const byVersion = compare(one.entity.version, other.entity.version)
  const bothUsers = one.family === 'user' && other.family === 'user'
  return (
    (bothUsers ? byVersion : 0) ||
    compare(timeOf(one), timeOf(other)) ||
    RANK[one.verb] - RANK[other.verb] ||
    compareTexts(one.entity.id ?? '', other.entity.id ?? '') ||
    one.number - other.number
  )
}

const RANK = { created: 0, updated: 1, deleted: 2 }

const timeOf = ({ entity, cause, receivedAt }: Told): number => entity.at ?? cause?.at ?? receivedAt

const compare = (one: number | undefined, other: number | undefined): number =>
  one === undefined || other === undefined ? 0 : one - other

const compareTexts = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
