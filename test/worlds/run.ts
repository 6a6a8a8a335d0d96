import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { judge, type Finding, type Renaming } from '../oracle/quiescence.ts'
import { hashOf, type Asked } from '../oracle/contacts.ts'
import { textIn } from '../oracle/json.ts'
import { type Received } from '../oracle/record.ts'
import { documentsOf, seen, shown, witnessOf, type Integration } from '../oracle/witness.ts'
import { type Sight } from '../oracle/writes.ts'
import { AUDIENCE, documentFor, KEY, startWorld, type World } from '../world.ts'
import { hours, minutes } from './dress.ts'
import { START, type Integrated, type MailchimpAct, type OperatorAct, type Step, type Story } from './story.ts'
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
}

/** Lets the story happen, waits until nothing waits any more, and has the oracle judge what was written. */
export async function run(story: Story, databaseUrl?: string): Promise<Finding> {
  const [feed] = story.feeds
  await using world = await startWorld({
    now: START,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(feed === undefined ? {} : { feed }),
  })
  prepareMailchimp(world, story)
  const course = await begun(world, story)
  for (const step of story.steps) {
    const wait = START + step.at - world.now()
    if (wait > 0) await world.passes(wait)
    await happens(course, step)
  }
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
  }
  return judge(await witnessOf(world, remembered))
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
  }
}

/** What Didomi sent counts from then on, however we answered: an authenticated body is never refused (R2). */
async function receives({ world, sources, received }: Course, { source, body, dress = {} }: Step & { by: 'didomi' }) {
  const { id, token } = sources[source] ?? world.source
  const { type = 'application/json', encoding, slash = '' } = dress
  received.push({ at: world.now(), source: id, body })
  const answer = await fetch(`${world.app.url}/webhooks/didomi/${id}${slash}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': type,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
    body: ENCODE[encoding ?? 'identity'](Buffer.from(body)),
  })
  await answer.arrayBuffer()
}

const ENCODE = {
  identity: (body: Buffer) => new Uint8Array(body),
  gzip: (body: Buffer) => new Uint8Array(gzipSync(body)),
  deflate: (body: Buffer) => new Uint8Array(deflateSync(body)),
  br: (body: Buffer) => new Uint8Array(brotliCompressSync(body)),
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
      return world.restarts()
  }
}

/** Longer than every window, and with faults longer than any wait between two tries that they can have caused. */
const calmAfter = (steps: readonly Step[]): number =>
  steps.some(({ by, kind }) => by === 'mailchimp' && FAULTY.includes(kind)) ? hours(3) : minutes(10)

const FAULTY: readonly Step['kind'][] = ['poison', 'answers', 'delays', 'keys', 'fields', 'windows']

async function calmsDown({ world }: Course, steps: readonly Step[]): Promise<void> {
  world.mailchimp.clearFaults()
  world.mailchimp.setKeyState(KEY, 'active')
  for (const { id, paused } of await shown<Integration>(world, '/v1/integrations'))
    if (paused) await world.api('POST', `/v1/integrations/${id}/resume`)
  await world.passes(calmAfter(steps))
  await world.app.replays.idle()
}
