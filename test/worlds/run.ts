import { judge, type Debt, type Finding, type Renaming } from '../oracle/quiescence.ts'
import { type Asked, hashOf } from '../oracle/contacts.ts'
import { type Received } from '../oracle/record.ts'
import { type Logged, type Sight, writesIn } from '../oracle/writes.ts'
import { AUDIENCE, documentFor, KEY, startWorld, type World } from '../world.ts'
import { hours, minutes } from './dress.ts'
import { START, type MailchimpAct, type OperatorAct, type Step, type Story } from './story.ts'
import { OTHER_AUDIENCE, USUAL } from './surroundings.ts'

const AUDIENCES = [AUDIENCE, OTHER_AUDIENCE] as const

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
}

/** Lets the story happen, waits until nothing waits any more, and has the oracle judge what was written. */
export async function run(story: Story, databaseUrl?: string): Promise<Finding & { readonly requests: number }> {
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
  return {
    ...judge({ ...(await witnessOf(course)), everyStatement: story.kinds.some(kind => STRICT.includes(kind)) }),
    requests: world.mailchimp.requests().length,
  }
}

function prepareMailchimp({ mailchimp }: World, { contacts }: Story): void {
  mailchimp.addAudience({ id: OTHER_AUDIENCE })
  mailchimp.addMergeField(OTHER_AUDIENCE, { tag: 'NEWS', type: 'text' })
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
  for (const { source, audience, changes } of story.integrations) {
    const document = documentFor(sources[source]?.id ?? '', {
      properties: { audience_id: AUDIENCES[audience] },
      ...changes,
    })
    const { status, body } = await world.api<{ id: string }>('POST', '/v1/integrations', document)
    if (status !== 201) throw new Error(`the integration was refused: ${JSON.stringify(body)}`)
    integrations.push(body.id)
  }
  return { world, sources, integrations, received: [], sights: [], renamed: [], remade: [], changed: new Map() }
}

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

async function receives({ world, sources, received }: Course, { source, body }: Step & { by: 'didomi' }) {
  const { id, token } = sources[source] ?? world.source
  const at = world.now()
  const answer = await fetch(`${world.app.url}/webhooks/didomi/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
  await answer.arrayBuffer()
  if (answer.status !== 202) throw new Error(`the webhook answered ${answer.status}`)
  received.push({ at, source: id, body })
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
  const contactId = String(world.mailchimp.contact(audience, address)?.['contact_id'])
  world.mailchimp.act(audience, address, { do: 'rename', to })
  renamed.push({ audience, contactId, from: hashOf(address), to: hashOf(to), at: world.now() })
}

/** Remembers who is where, before that changes. */
function looks({ world, sights }: Course): void {
  const through = world.mailchimp.requests().length
  for (const audience of AUDIENCES) {
    const contacts = world.mailchimp.contacts(audience).map(contact => ({
      hash: String(contact['id']),
      contactId: String(contact['contact_id']),
    }))
    sights.push({ through, audience, contacts })
  }
}

async function operatorActs({ world, changed, sources }: Course, id: string, act: OperatorAct): Promise<void> {
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
    case 'delete':
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

/** Where choices are repeated to an end: elsewhere a repetition is left to the kinds that are about it. */
const STRICT: readonly Step['kind'][] = ['again', 'edits', 'contacts']

/** Longer than every window, and with faults longer than any wait between two tries that they can have caused. */
const calmAfter = (steps: readonly Step[]): number =>
  steps.some(({ by, kind }) => by === 'mailchimp' && FAULTY.includes(kind)) ? hours(3) : minutes(10)

const FAULTY: readonly Step['kind'][] = ['poison', 'answers', 'delays', 'keys', 'fields']

async function calmsDown({ world, ...course }: Course, steps: readonly Step[]): Promise<void> {
  world.mailchimp.clearFaults()
  world.mailchimp.setKeyState(KEY, 'active')
  for (const { id, paused } of await shown<Integration>(world, '/v1/integrations'))
    if (paused) await world.api('POST', `/v1/integrations/${id}/resume`)
  await world.passes(calmAfter(steps))
  await world.app.replays.idle()
  looks({ world, ...course })
}

type Integration = {
  readonly id: string
  readonly source_id: string
  readonly enabled: boolean
  readonly paused: boolean
  readonly properties: { readonly audience_id: string }
  readonly mappings: Asked['mappings']
  readonly options?: {
    readonly match?: string
    readonly regulations?: readonly string[]
    readonly no_choice?: 'keep' | 'clear'
    readonly on_user_deleted?: 'keep' | 'withdraw'
  }
}

async function witnessOf(course: Course) {
  const { world, received, sights, renamed, remade, changed } = course
  const requests: readonly Logged[] = world.mailchimp.requests()
  return {
    received,
    writes: writesIn(requests, sights),
    asked: await askedOf(world),
    debts: await shown<Debt>(world, '/v1/deliveries'),
    beside: { renamed, remade },
    changed,
  }
}

/** What is asked of the service now: the documents of all integrations that are not disabled. */
async function askedOf(world: World): Promise<readonly Asked[]> {
  const sources = await shown<{ id: string; feed: 'user' | 'event' | null }>(world, '/v1/sources')
  const integrations = await shown<Integration>(world, '/v1/integrations')
  return integrations
    .filter(({ enabled }) => enabled)
    .map(({ id, source_id, properties, mappings, options }) => ({
      id,
      source: source_id,
      audience: properties.audience_id,
      mappings,
      family: sources.find(source => source.id === source_id)?.feed ?? 'event',
      match: options?.match ?? 'email',
      regulations: options?.regulations ?? ['gdpr'],
      noChoice: options?.no_choice ?? 'keep',
      onUserDeleted: options?.on_user_deleted ?? 'keep',
    }))
}

/** Every page of a list of the API. */
async function shown<T>(world: World, path: string): Promise<readonly T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '?limit=200' : `?limit=200&cursor=${encodeURIComponent(cursor)}`
    const { body } = await world.api<{ data: readonly T[]; next_cursor?: string | null }>('GET', `${path}${query}`)
    all.push(...body.data)
    cursor = body.next_cursor ?? null
  }
  return all
}
