import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { judge, type Finding, type Renaming } from '../oracle/quiescence.ts'
import { hashOf, type Asked } from '../oracle/contacts.ts'
import { textIn } from '../oracle/json.ts'
import { type Received } from '../oracle/record.ts'
import { documentsOf, seen, shown, witnessOf, type Integration } from '../oracle/witness.ts'
import { type Sight } from '../oracle/writes.ts'
import { AUDIENCE, documentFor, KEY, startWorld, type World } from '../world.ts'
import { hours, minutes } from './dress.ts'
import {
  START,
  type Integrated,
  type MachineAct,
  type MailchimpAct,
  type OperatorAct,
  type Step,
  type Story,
} from './story.ts'
import { OTHER_AUDIENCE, THIRD_AUDIENCE, USUAL } from './surroundings.ts'

const AUDIENCES = [AUDIENCE, OTHER_AUDIENCE, THIRD_AUDIENCE] as const

type Source = { readonly id: string; readonly token: string }

/** What is known of a world while it runs, beside the world itself. */
type Course = {
  readonly world: World
  readonly sources: readonly Source[]
  readonly integrations: readonly string[]
  readonly received: Received[]
  readonly sights: Sight[]
  readonly renamed: Renaming[]
  readonly remade: { audience: string; tag: string; at: number }[]
  readonly changed: Map<string, number>
  readonly removed: Asked[]
  /** What Didomi sends again, because it was not answered as taken. */
  unanswered: readonly Unanswered[]
}

type Webhook = Step & { readonly by: 'didomi' }
type Unanswered = { readonly step: Webhook; readonly sent: number; readonly at: number }

/** Didomi sends again at least five times in five minutes, and then never. */
const AGAIN_AFTER = [5, 15, 60, 60, 120].map(seconds => 1_000 * seconds)

/** Lets the story happen, waits until nothing waits any more, and has the oracle judge what was written. */
export async function run(story: Story, databaseUrl?: string): Promise<Finding & { readonly ended: number }> {
  const [feed] = story.feeds
  await using world = await startWorld({
    now: START,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(feed === undefined ? {} : { feed }),
  })
  prepareMailchimp(world, story)
  const course = await begun(world, story)
  for (const step of story.steps) {
    await arrives(course, START + step.at)
    await happens(course, step)
  }
  await arrives(course, Infinity)
  await calmsDown(course, story.steps)
  const { received, sights, renamed, remade, changed, removed } = course
  // That a choice which repeats another reaches Mailchimp is asked for by a kind of its own.
  const everyStatement = story.kinds.includes('again')
  const remembered = {
    received,
    sights,
    beside: { renamed: renamed.map(there(world)), remade },
    changed,
    everyStatement,
    removed,
    ends: world.ends(),
  }
  return { ...judge(await witnessOf(world, remembered)), ended: world.ends().length }
}

function prepareMailchimp({ mailchimp }: World, { contacts }: Story): void {
  for (const id of AUDIENCES.slice(1)) {
    mailchimp.addAudience({ id })
    mailchimp.addMergeField(id, { tag: 'NEWS', type: 'text' })
  }
  for (const audience of AUDIENCES) {
    for (const { id: tag } of USUAL.slice(1)) mailchimp.addMergeField(audience, { tag, type: 'text' })
    mailchimp.addMergeField(audience, { tag: 'CITY', type: 'text' })
    for (const email_address of contacts) mailchimp.addContact(audience, { email_address, status: 'subscribed' })
  }
}

async function begun(world: World, story: Story): Promise<Course> {
  const sources: Source[] = [world.source]
  for (const feed of story.feeds.slice(1)) {
    const { body } = await world.api<{ id: string; authentication: { token: string } }>('POST', '/v1/sources', {
      name: 'another organisation',
      authentication: { type: 'bearer' },
      ...(feed === undefined ? {} : { feed }),
    })
    sources.push({ id: body.id, token: body.authentication.token })
  }
  const integrations: string[] = []
  for (const integration of story.integrations) {
    const { status, body } = await integrates(world, sources, integration)
    if (status !== 201) throw new Error(`the integration was refused: ${JSON.stringify(body)}`)
    integrations.push(body.id)
  }
  return {
    world,
    sources,
    integrations,
    received: [],
    sights: [],
    renamed: [],
    remade: [],
    changed: new Map(),
    removed: [],
    unanswered: [],
  }
}

/** Time passes until then, and Didomi sends again what is due before. */
async function arrives(course: Course, until: number): Promise<void> {
  const { world } = course
  for (;;) {
    const [next] = course.unanswered.toSorted((a, b) => a.at - b.at)
    const at = next && next.at < until ? next.at : until
    if (at < Infinity && at > world.now()) await world.passes(at - world.now())
    if (!next || at !== next.at) return
    course.unanswered = course.unanswered.filter(each => each !== next)
    await receives(course, next.step, next.sent)
  }
}

const integrates = (world: World, sources: readonly Source[], { source, audience, changes }: Integrated) =>
  world.api<{ id: string }>(
    'POST',
    '/v1/integrations',
    documentFor(sources[source]?.id ?? '', { properties: { audience_id: AUDIENCES[audience] }, ...changes }),
  )

async function happens(course: Course, step: Step): Promise<void> {
  switch (step.by) {
    case 'didomi':
      return receives(course, step)
    case 'mailchimp':
      return void mailchimpActs(course, AUDIENCES[step.audience] ?? AUDIENCE, step.act)
    case 'operator':
      return operatorActs(course, course.integrations[step.integration] ?? '', step.act)
    case 'machine':
      return machineActs(course, step.act)
  }
}

/**
 * What Didomi sent counts from when it is on disk, or when it was answered: an authenticated body is never refused
 * (R2), except for a moment, and then Didomi sends it again.
 */
async function receives(course: Course, step: Webhook, sent = 0): Promise<void> {
  const { world, sources, received } = course
  const { id, token } = sources[step.source] ?? world.source
  const { type = 'application/json', encoding, slash = '' } = step.dress ?? {}
  // The right time, whatever the service's clock says: it dates what it is told by that (R10, R31).
  const at = world.now()
  const { status, isKept } = await world.sends(async (url, signal) => {
    const answer = await fetch(`${url}/webhooks/didomi/${id}${slash}`, {
      method: 'POST',
      signal,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': type,
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
      body: ENCODE[encoding ?? 'identity'](Buffer.from(step.body)),
    })
    await answer.arrayBuffer()
    return answer
  })
  const isUnanswered = status === undefined || status === 503
  if (isKept || !isUnanswered) received.push({ at, source: id, body: step.body })
  if (!isUnanswered) return
  const wait = AGAIN_AFTER[sent]
  if (wait === undefined) throw new Error('Didomi gave up: a webhook was not taken in five minutes')
  course.unanswered = [...course.unanswered, { step, sent: sent + 1, at: world.now() + wait }]
}

const ENCODE = {
  identity: (body: Buffer) => new Uint8Array(body),
  gzip: (body: Buffer) => new Uint8Array(gzipSync(body)),
  deflate: (body: Buffer) => new Uint8Array(deflateSync(body)),
  br: (body: Buffer) => new Uint8Array(brotliCompressSync(body)),
}

async function machineActs({ world }: Course, act: MachineAct): Promise<void> {
  switch (act.do) {
    case 'fault':
      return world.failsAt(act.fault)
    case 'freeze':
      return world.freezes(act.ms)
    case 'clock':
      return world.setsClock(act.ms)
  }
}

/** What Mailchimp refuses by hand, too, does not happen. */
function mailchimpActs(course: Course, audience: string, act: MailchimpAct): void {
  const { mailchimp } = course.world
  looks(course)
  try {
    switch (act.do) {
      case 'edit':
      case 'add':
        return void mailchimp.act(audience, act.address, { do: act.do, merge_fields: act.fields })
      case 'rename':
        return renames(course, audience, act)
      case 'remake':
        mailchimp.removeMergeField(audience, act.tag)
        mailchimp.addMergeField(audience, { tag: act.tag, type: 'text' })
        return void course.remade.push({ audience, tag: act.tag, at: course.world.now() })
      case 'key':
        return mailchimp.setKeyState(KEY, act.state)
      case 'fault':
        return void mailchimp.addFault({ fault: {}, ...act.rule })
      case 'mend':
        return void mailchimp.removeFault(act.id)
      default:
        return void mailchimp.act(audience, act.address, { do: act.do })
    }
  } catch {
    return
  }
}

function renames({ world, renamed }: Course, audience: string, { address, to }: { address: string; to: string }): void {
  const contactId = textIn(world.mailchimp.contact(audience, address), 'contact_id') ?? ''
  world.mailchimp.act(audience, address, { do: 'rename', to })
  renamed.push({ audience, contactId, from: hashOf(address), to: hashOf(to), at: world.now(), isThere: true })
}

const there =
  ({ mailchimp }: World) =>
  (renaming: Renaming): Renaming => ({
    ...renaming,
    isThere: mailchimp.contact(renaming.audience, renaming.contactId) !== undefined,
  })

/** Remembers who is where, before that changes. */
function looks({ world, sights }: Course): void {
  sights.push(...AUDIENCES.map(audience => seen(world, audience)))
}

async function operatorActs({ world, changed, sources, removed }: Course, id: string, act: OperatorAct): Promise<void> {
  const at = `/v1/integrations/${id}`
  const patch = async (changes: object): Promise<void> => {
    changed.set(id, world.now())
    await world.api('PATCH', at, changes)
  }
  switch (act.do) {
    case 'pause':
    case 'resume':
      return void (await world.api('POST', `${at}/${act.do}`))
    case 'disable':
    case 'enable':
      return patch({ enabled: act.do === 'enable' })
    case 'patch':
      return patch(act.changes)
    case 'create':
      // A document that would fill a tag twice is refused (R16c), and then it does not happen.
      return void (await integrates(world, sources, act.integration))
    case 'delete':
      removed.push(...(await documentsOf(world)).map(({ asks }) => asks).filter(asks => asks.id === id))
      return void (await world.api('DELETE', at))
    case 'resync':
      return void (await world.api('POST', `${at}/resync`))
    case 'replay':
      return void (await world.api('POST', '/v1/replays', { all: true }))
    case 'feed':
      changed.set(id, world.now())
      for (const source of sources) await world.api('PATCH', `/v1/sources/${source.id}`, { feed: act.feed })
      return
    case 'restart':
      // A service notes its time each minute; the timers of a world stand still.
      await world.app.durability.check()
      return world.restarts()
  }
}

/** Longer than every window, and with faults longer than any wait between two tries that they can have caused. */
const calmAfter = (steps: readonly Step[]): number =>
  steps.some(({ by, kind }) => by === 'mailchimp' && FAULTY.includes(kind)) ? hours(3) : minutes(10)

const FAULTY: readonly Step['kind'][] = ['poison', 'answers', 'delays', 'keys', 'fields', 'windows']

async function calmsDown({ world }: Course, steps: readonly Step[]): Promise<void> {
  world.failsAt(undefined)
  world.mailchimp.clearFaults()
  world.mailchimp.setKeyState(KEY, 'active')
  for (const { id, paused } of await shown<Integration>(world, '/v1/integrations'))
    if (paused) await world.api('POST', `/v1/integrations/${id}/resume`)
  await world.passes(calmAfter(steps))
  await world.app.replays.idle()
}
