import { expect, test } from 'vitest'
import { seededRandom } from '../../simulator/random.ts'
import { loadSqlite } from '../../src/store/engine/sqlite-binding.ts'
import { serviceIn, startListening, temporaryFolder } from '../child.ts'
import { lettersOf, peopleFor } from '../crash/crowd.ts'
import { connect, mailchimpWith, postOf, send, type Post, type Source } from '../crash/relay.ts'

const STOPS = [5, 60, 120, 30]

test('SIGTERM under load drains: what was answered 202 is stored and no attempt is left open (I1 I6 I7)', async () => {
  await using folder = await temporaryFolder()
  const { DatabaseSync } = await loadSqlite()
  const people = peopleFor(60)
  const post = postOf(lettersOf(people, [4, 6], seededRandom(7)).posted)
  await using simulator = await mailchimpWith(people, 7)
  const env = serviceIn(folder.path, { CONSENT_RELAY_MAILCHIMP_URL: simulator.url })
  let source: Source | undefined
  for (const acks of STOPS) {
    await using service = await startListening(['serve'], env)
    source ??= await connect(service.url)
    const until = post.acknowledged.length + acks
    const isOver = () => post.acknowledged.length >= until
    const onAck = () => void (post.acknowledged.length === until && service.kill('SIGTERM'))
    await send(post, { url: service.url, source, isOver, onAck })
    expect(await service.ended, service.stderr()).toEqual({ code: 0, signal: null })

    const db = new DatabaseSync(folder.database)
    const count = (what: string) => db.prepare(`select count(*) as n from ${what}`).get() as { n: number }
    expect(count(`delivery where status = 'sending'`)).toEqual({ n: 0 })
    expect(count('attempt where finished_at is null')).toEqual({ n: 0 })
    const kept = db.prepare('select entity_id from fact').all() as { entity_id: string }[]
    expect(lostFrom(post, new Set(kept.map(row => row.entity_id)))).toEqual([])
    db.close()
    expect(simulator.control.requests().filter(({ answered_at }) => answered_at === null)).toEqual([])
  }
})

const lostFrom = ({ acknowledged }: Post, kept: ReadonlySet<string>): string[] =>
  acknowledged.flatMap(({ letter }) => (kept.has(letter.id) ? [] : [letter.id]))
