import { type MappingRule } from './integration.ts'
import { type FieldProblem } from './problem.ts'

/** A merge tag that an integration maps and another one fills (R16c). */
export type TakenTag = {
  /** As `claimedAs` writes it. */
  readonly tag: string
  /** The integration that fills it, with the name in its document. */
  readonly owner: { readonly id: string; readonly name: string | undefined }
}

/** One tag in all its spellings: Mailchimp matches merge tags in any case. A tag has no letters but A to Z. */
export const claimedAs = (tag: string): string => tag.toUpperCase()

/** Which tags are filled by which integrations. */
export const takenDetail = (taken: readonly TakenTag[]): string => taken.map(detailOf).join(' ')

const detailOf = ({ tag, owner }: TakenTag): string =>
  `The merge tag ${tag} of this audience is filled by the integration ${inWords(owner)}.`

const inWords = ({ id, name }: TakenTag['owner']): string => (name === undefined ? id : `“${name}” (${id})`)

/** The rules of a mapping whose tags another integration fills, each with the remedy. */
export const takenProblems = (mappings: readonly MappingRule[], taken: readonly TakenTag[]): FieldProblem[] =>
  mappings.flatMap(({ id }, index) => {
    const found = taken.find(({ tag }) => tag === claimedAs(id))
    if (!found) return []
    const remedy = `Map another tag here, or take ${found.tag} out of the mapping of ${found.owner.id}, or disable that integration.`
    return [{ path: `mappings[${index}].id`, code: 'tag_taken', detail: detailOf(found), remedy }]
  })
