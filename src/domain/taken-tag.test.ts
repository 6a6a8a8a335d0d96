import { describe, expect, test } from 'vitest'
import { merging, NO_GRANT } from '../../test/builders.ts'
import { withoutTaken, type Desired, type SetAside } from './mapping.ts'
import { claimedAs, takenProblems, type TakenTag } from './taken-tag.ts'

const taken = (tag: string, name?: string): TakenTag => ({ tag, owner: { id: 'int_first', name } })
const unfit = (tag: string): SetAside => ({ tag, path: 'country', code: 'value_unfit', detail: 'does not fit' })

const desired = (fields: Readonly<Record<string, string>>, setAside: readonly SetAside[] = []): Desired => ({
  fields: merging(fields),
  setAside,
  isStated: true,
  beginning: NO_GRANT,
  lists: [],
})

describe('R16c: a tag that another integration fills', () => {
  test.each([
    ['NEWS', 'NEWS'],
    ['news', 'NEWS'],
    ['mmerge1', 'MMERGE1'],
    ['iI_9', 'II_9'],
  ])('%s is claimed as %s', (tag, claimed) => {
    expect(claimedAs(tag)).toBe(claimed)
  })

  test.each([
    ['as it is written', 'NEWS'],
    ['in another case', 'News'],
  ])('is set aside alone, %s', (_, tag) => {
    const result = withoutTaken(desired({ [tag]: 'true', OFFERS: 'false' }), [taken('NEWS', 'Shop')])
    expect(result.fields).toEqual(merging({ OFFERS: 'false' }))
    expect(result.setAside).toMatchObject([{ tag, code: 'tag_taken' }])
    expect(result.setAside[0]?.detail).toContain('“Shop” (int_first)')
  })

  test('has this reason and no other, whatever else is wrong with it', () => {
    const result = withoutTaken(desired({}, [unfit('NEWS'), unfit('OFFERS')]), [taken('NEWS')])
    expect(result.setAside).toMatchObject([unfit('OFFERS'), { tag: 'NEWS', path: 'country', code: 'tag_taken' }])
  })

  test('of which there is nothing to say is not set aside', () => {
    expect(withoutTaken(desired({ OFFERS: 'true' }), [taken('NEWS')])).toEqual(desired({ OFFERS: 'true' }))
  })

  test('is a problem at its place in the mapping, which names the owner and the tag', () => {
    const mappings = [
      { id: 'OFFERS', value: 'country' },
      { id: 'news', value: 'country' },
    ]
    const [problem, ...rest] = takenProblems(mappings, [taken('NEWS', 'Shop')])
    expect(rest).toEqual([])
    expect(problem).toMatchObject({ path: 'mappings[1].id', code: 'tag_taken' })
    expect(problem?.detail).toContain('NEWS')
    expect(problem?.detail).toContain('int_first')
    expect(problem?.remedy).toContain('int_first')
  })
})
