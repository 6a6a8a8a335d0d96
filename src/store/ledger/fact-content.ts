import { type Entity, type Fact } from '../../domain/fact.ts'
import { jsonColumn } from '../engine/json-column.ts'

/** An entity as it is kept: what is empty is left out, and rows of the first release have nothing else. */
type KeptEntity = Pick<Entity, 'version' | 'at' | 'statements' | 'attributes'> &
  Partial<Pick<Entity, 'blanks' | 'lostAttributes' | 'hasConsents'>>

/** What Didomi's entity said after the record stands under `now`, as in every row since the first release. */
type Content = Pick<Fact, 'createdAt' | 'cause'> &
  Partial<Pick<Fact, 'statedAt' | 'datedBy' | 'namesRegulation' | 'clockOff'>> & {
    readonly now: KeptEntity
    readonly before: KeptEntity | undefined
  }

const CONTENT = jsonColumn<Content>()

export const contentText = (fact: Fact): string =>
  CONTENT.write({
    createdAt: fact.createdAt,
    now: kept(fact.after),
    before: fact.before && kept(fact.before),
    cause: fact.cause,
    ...(fact.statedAt === fact.at ? {} : { statedAt: fact.statedAt }),
    ...(fact.datedBy === 'stamp' ? {} : { datedBy: fact.datedBy }),
    ...(fact.clockOff ? { clockOff: fact.clockOff } : {}),
    ...(fact.namesRegulation === (fact.kind !== 'deleted') ? {} : { namesRegulation: fact.namesRegulation }),
  })

type Columns = Pick<Fact, 'at' | 'kind'> & { readonly content: string }

export function contentIn({ at, kind, content }: Columns) {
  const { now, before, createdAt, cause, statedAt, datedBy, namesRegulation, clockOff } = CONTENT.read(content)
  return {
    createdAt,
    cause,
    after: entityIn(now),
    before: before && entityIn(before),
    statedAt: statedAt ?? at,
    datedBy: datedBy ?? 'stamp',
    ...(clockOff === undefined ? {} : { clockOff }),
    namesRegulation: namesRegulation ?? kind !== 'deleted',
  } as const
}

const kept = ({ version, at, statements, attributes, blanks, lostAttributes, hasConsents }: Entity): KeptEntity => ({
  version,
  at,
  statements,
  attributes,
  ...(blanks.length > 0 ? { blanks } : {}),
  ...(lostAttributes.length > 0 ? { lostAttributes } : {}),
  ...(hasConsents ? {} : { hasConsents }),
})

const entityIn = ({
  version,
  at,
  statements,
  attributes,
  blanks,
  lostAttributes,
  hasConsents,
}: KeptEntity): Entity => ({
  version,
  at,
  statements,
  blanks: blanks ?? [],
  attributes,
  lostAttributes: lostAttributes ?? [],
  hasConsents: hasConsents ?? true,
})
