import { type Answer, okJson } from './answers.ts'
import { deleteAudience, getAudience, isVisible, listAudiences, listMembers, postAudience } from './audiences.ts'
import { deleteBatch, getBatch, listBatches, postBatch } from './batches.ts'
import { type AudienceHandler, type Call, type Handler, isProblem } from './call.ts'
import { deleteMember, deletePermanently, getMember, patchMember, postMember, putMember } from './members.ts'
import { deleteMergeField, getMergeField, listMergeFields, patchMergeField, postMergeField } from './merge-fields.ts'
import { type Problem, methodNotAllowed, notFound } from './problems.ts'
import { getRoot } from './root.ts'
import type { State } from './state.ts'
import { subscribeMany } from './subscribe-many.ts'
import { getTags, postTags } from './tags.ts'
import { TRIGGERS } from './triggers.ts'

type Methods<H> = Readonly<Record<string, H>>
type Resource = Readonly<{ name: string; schema?: string; methods: Methods<Handler> }>

const NOWHERE: Resource = { name: 'unknown', methods: {} }

const RESOURCES: Readonly<Record<string, Resource>> = {
  '': { name: 'root', schema: 'Root', methods: { GET: getRoot } },
  ping: { name: 'ping', schema: 'Ping', methods: { GET: () => okJson({ health_status: "Everything's Chimpy!" }) } },
  lists: { name: 'lists', schema: 'Lists/Collection', methods: { GET: listAudiences, POST: postAudience } },
  'lists/*': inAudience('list', 'Lists/Instance', { GET: getAudience, POST: subscribeMany, DELETE: deleteAudience }),
  'lists/*/merge-fields': inAudience('merge_fields', 'Lists/MergeFields/Collection', {
    GET: listMergeFields,
    POST: postMergeField,
  }),
  'lists/*/merge-fields/*': inAudience('merge_field', 'Lists/MergeFields/Instance', {
    GET: getMergeField,
    PATCH: patchMergeField,
    DELETE: deleteMergeField,
  }),
  'lists/*/members': inAudience('members', 'Lists/Members/Collection', { GET: listMembers, POST: postMember }),
  'lists/*/members/*': inAudience('member', 'Lists/Members/Instance', {
    GET: getMember,
    PUT: putMember,
    PATCH: patchMember,
    DELETE: deleteMember,
  }),
  'lists/*/members/*/tags': inAudience('member_tags', 'Lists/Members/Tags/Collection', {
    GET: getTags,
    POST: postTags,
  }),
  batches: { name: 'batches', schema: 'Batches/Collection', methods: { GET: listBatches, POST: postBatch } },
  'batches/*': { name: 'batch', schema: 'Batches/Instance', methods: { GET: getBatch, DELETE: deleteBatch } },
  'lists/*/members/*/actions/delete-permanent': inAudience('member_delete_permanent', 'Lists/Members/Instance', {
    POST: deletePermanently,
  }),
}

/** The decoded pieces of a path after `/3.0`; `undefined` when it is not well-formed. */
export function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path
      .split('/')
      .filter((piece, at) => at > 0 || piece !== '')
      .map(decodeURIComponent)
  } catch {
    return undefined
  }
}

/** What a request is, for statistics and for the matching of faults: `member.patch`, `batches.post`. */
export function kindOf(method: string, segments: readonly string[]): string {
  return `${resourceOf(segments).name}.${method.toLowerCase()}`
}

export function route(state: State, call: Call): Answer | Problem {
  const resource = resourceOf(call.segments)
  if (resource === NOWHERE) return call.segments.length > 6 ? nestedTooDeep() : notFound()
  // Mailchimp takes an empty name for the collection, which most methods do not fit (reported).
  if (call.segments.length > 1 && call.segments.at(-1) === '') return methodNotAllowed('GET, POST')
  const handler = resource.methods[call.method]
  if (!handler) return methodNotAllowed(Object.keys(resource.methods).join(', '))
  return described(resource, handler(state, call), call)
}

/** Every answer with a body says where its schema is. */
function described({ schema }: Resource, answer: Answer | Problem, { origin }: Call): Answer | Problem {
  if (isProblem(answer) || schema === undefined || answer.status !== 200 || answer.headers.length > 0) return answer
  return { ...answer, headers: [['Link', `<${origin}/schema/3.0/${schema}.json>; rel="describedBy"`]] }
}

function resourceOf(segments: readonly string[]): Resource {
  const [first = '', second, third, fourth, ...rest] = segments
  let pattern = first
  if (second !== undefined) pattern += '/*'
  if (third !== undefined) pattern += `/${third}`
  if (fourth !== undefined) pattern += '/*'
  if (rest.length > 0) pattern += `/${rest.join('/')}`
  return RESOURCES[pattern] ?? NOWHERE
}

function inAudience(name: string, schema: string, handlers: Methods<AudienceHandler>): Resource {
  const methods = Object.entries(handlers).map(([method, handle]): readonly [string, Handler] => [
    method,
    (state, call) => {
      const audience = state.audiences.get(call.segments[1] ?? '')
      return audience && isVisible(audience, call) ? handle(state, audience, call) : notFound()
    },
  ])
  return { name, schema, methods: Object.fromEntries(methods) }
}

function nestedTooDeep(): Problem {
  return TRIGGERS['ResourceNestingTooDeep'] ?? notFound()
}
