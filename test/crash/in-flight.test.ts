import { expect, test } from 'vitest'
import { apiOf, serviceIn, startListening, temporaryFolder, until, type Environment } from '../child.ts'
import { AUDIENCE } from '../world.ts'
import { letterFrom, type Letter } from './crowd.ts'
import { connect, mailchimpWith, postOf, send, settled, TAGS, type Source } from './relay.ts'

const ADA = 'ada@mail.test'

const says = (minute: number, grants: boolean): Letter => letterFrom({ id: `at ${minute}`, who: ADA, minute, grants })

/** Ada's contact on a Mailchimp that takes a second and a half for every change, so that a kill finds it under way. */
async function slowMailchimp() {
  const simulator = await mailchimpWith([{ address: ADA, status: 'subscribed' }], 1)
  const slowness = { match: { method: 'PATCH' }, fault: { delay_ms: 1_500 } }
  const held = () => simulator.control.contact(AUDIENCE, ADA)?.['merge_fields'] as Readonly<Record<string, string>>
  return {
    ...simulator,
    slowsDown: () => simulator.control.addFault(slowness),
    recovers: () => simulator.control.clearFaults(),
    holds: () => TAGS.map(tag => held()[tag]),
  }
}

type Mailchimp = Awaited<ReturnType<typeof slowMailchimp>>

/** The window of the kill is waited for in real time; what this Mailchimp was asked is done long before it ends. */
const envIn = (path: string, { url }: Mailchimp): Environment =>
  serviceIn(path, { CONSENT_RELAY_MAILCHIMP_URL: url, CONSENT_RELAY_WINDOW_SECONDS: '3' })

const tell = (url: string, source: Source, letter: Letter): Promise<void> =>
  send(postOf([letter]), { url, source, onAck: () => undefined, isOver: () => false })

/** A first process that brought Ada up to date with `before`, and died while it was sending `during`. */
async function diesWhileSending({ env, mailchimp, before, during, after }: Story): Promise<Source> {
  await using service = await startListening(['serve'], env)
  const source = await connect(service.url)
  await tell(service.url, source, before)
  await settled(service.url)
  mailchimp.slowsDown()
  const { calls } = mailchimp.control.stats()
  await tell(service.url, source, during)
  await mailchimp.control.arrived(calls + 1)
  if (after) await tell(service.url, source, after)
  await service.kill()
  return source
}

type Story = {
  readonly env: Environment
  readonly mailchimp: Mailchimp
  readonly before: Letter
  readonly during: Letter
  readonly after?: Letter
}

type Page = { readonly data: readonly { readonly outcome: string; readonly reason: string | null }[] }

const outcomesAt = async (url: string): Promise<string[]> =>
  (await apiOf(url)<Page>('GET', '/v1/attempts?limit=200')).body.data.map(({ outcome, reason }) => reason ?? outcome)

test('a grant under way at a kill does not outlive the newer denial, though the last delivered value was one (I5 I8 I12)', async () => {
  await using folder = await temporaryFolder()
  await using mailchimp = await slowMailchimp()
  const env = envIn(folder.path, mailchimp)
  await diesWhileSending({ env, mailchimp, before: says(1, false), during: says(2, true), after: says(3, false) })
  await until('Mailchimp did what the dead process asked', () =>
    Promise.resolve(mailchimp.holds().includes('true') || undefined),
  )
  mailchimp.recovers()

  await using service = await startListening(['serve'], env)
  await settled(service.url)

  expect(mailchimp.holds()).toEqual(['false', 'false'])
})

test('an attempt that a kill cut off is there, says that it was interrupted, and is made again, alone at its contact (I4 I6 I7 I8)', async () => {
  await using folder = await temporaryFolder()
  await using mailchimp = await slowMailchimp()
  const env = envIn(folder.path, mailchimp)
  await diesWhileSending({ env, mailchimp, before: says(1, true), during: says(2, false) })
  mailchimp.recovers()

  await using service = await startListening(['serve'], env)
  const { deliveries } = await settled(service.url)

  expect(mailchimp.holds()).toEqual(['false', 'false'])
  expect(deliveries).toMatchObject({ delivered: 2, dead: 0, held: 0 })
  const outcomes = await outcomesAt(service.url)
  expect(outcomes.toSorted()).toEqual(['delivered', 'delivered', 'delivered', 'delivered', 'interrupted'])
})
