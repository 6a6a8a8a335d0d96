import { type Answer, noContent } from './answers.ts'
import type { Call } from './call.ts'
import { type Json, isArray, isObject, phpTypeOf } from './json.ts'
import { timestamp } from './member-view.ts'
import { findMember, storeMember } from './contacts.ts'
import { filtered, page } from './paging.ts'
import { type Problem, invalidFields, notFound } from './problems.ts'
import type { Audience, Member, State, Tag } from './state.ts'

type TagWrite = Readonly<{ name: string; status: 'active' | 'inactive' }>

export function getTags(_state: State, audience: Audience, call: Call): Answer | Problem {
  const member = findMember(audience, call.segments[3] ?? '')
  if (!member) return notFound()
  const tags = page(member.tags, call.query).map(({ id, name, added }) => ({ id, name, date_added: timestamp(added) }))
  return filtered({ tags, total_items: member.tags.length, _links: [] }, call)
}

/** Adds and removes tags: 204 whatever changed, and unknown tags are made. An empty list touches nothing (recorded). */
export function postTags(state: State, audience: Audience, call: Call): Answer | Problem {
  const member = findMember(audience, call.segments[3] ?? '')
  if (!member) return notFound()
  const sent = call.body['tags']
  if (sent === undefined) return invalidFields([{ field: '', message: 'Required fields were not provided: tags' }])
  if (!isArray(sent)) {
    return invalidFields([{ field: 'tags', message: `Schema describes array, ${phpTypeOf(sent)} found instead` }])
  }
  const writes = sent.map(readTag)
  const errors = writes.flatMap(write => ('message' in write ? [write] : []))
  if (errors.length > 0) return invalidFields(errors)
  if (sent.length === 0) return noContent()
  const now = state.clock.now()
  const tags = writes.reduce(
    (kept, write) => ('name' in write ? withTag(audience, kept, write, now) : kept),
    member.tags,
  )
  storeMember(audience, { ...member, tags, lastChanged: now }, member)
  return noContent()
}

/** The member's tags plus those named. */
export function withTagNames(audience: Audience, tags: Member['tags'], added: readonly string[], now: number) {
  return added.reduce((kept, name) => withTag(audience, kept, { name, status: 'active' }, now), tags)
}

function withTag(audience: Audience, tags: readonly Tag[], write: TagWrite, now: number): readonly Tag[] {
  const has = tags.some(tag => tag.name === write.name)
  if (write.status === 'inactive') return has ? tags.filter(tag => tag.name !== write.name) : tags
  if (has) return tags
  return [...tags, { id: tagId(audience, write.name), name: write.name, added: now }]
}

function tagId(audience: Audience, name: string): number {
  const id = audience.tagIds.get(name) ?? 4_419_513 + audience.tagIds.size * 4
  audience.tagIds.set(name, id)
  return id
}

function readTag(value: Json, index: number): TagWrite | Readonly<{ field: string; message: string }> {
  if (!isObject(value) || typeof value['name'] !== 'string') {
    return { field: `tags.item:${index}`, message: 'Required fields were not provided: name' }
  }
  const { name, status } = value
  if (status !== 'active' && status !== 'inactive') {
    const message = 'Data presented is not one of the accepted values: inactive, active'
    return { field: `tags.item:${index}.status`, message }
  }
  return { name, status }
}
