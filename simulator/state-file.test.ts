import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { createSimulator } from './simulator.ts'
import { readStateFile } from './state-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'simulator-state-'))
afterAll(() => rmSync(folder, { recursive: true }))

const FILE = join(folder, 'state.json')

function written(content: unknown): string {
  writeFileSync(FILE, typeof content === 'string' ? content : JSON.stringify(content))
  return FILE
}

const KEY = '0123abcd-us6'
const ADA = { email_address: 'ada@mail.test' }
const audience = (parts: object) => ({ audiences: [{ id: 'f00d', ...parts }] })

const BAD: readonly (readonly [content: unknown, problem: string])[] = [
  ['{"keys": [', 'It is not JSON.'],
  ['', 'It is not JSON.'],
  [[], 'It must be a JSON object, not [].'],
  [null, 'It must be a JSON object, not null.'],
  [{ lists: [] }, 'lists is unknown; known are keys, audiences.'],
  [{ constructor: [] }, 'constructor is unknown; known are keys, audiences.'],
  [{ keys: {} }, 'keys must be a list, not {}.'],
  [{ keys: ['x-us6'] }, 'keys[0] must be a JSON object, not "x-us6".'],
  [{ keys: [{}] }, 'keys[0].key is missing.'],
  [{ keys: [{ key: 'nodatacentre' }] }, 'keys[0].key must be a key that ends with its data centre'],
  [{ keys: [{ key: KEY, state: 'tired' }] }, 'keys[0].state must be one of active, disabled'],
  [{ keys: [{ key: KEY }, { key: KEY }] }, 'keys[1].key is there twice.'],
  [{ audiences: [{}] }, 'audiences[0].id is missing.'],
  [{ audiences: [{ id: 'a b' }] }, 'audiences[0].id must be an id of letters and digits'],
  [{ audiences: [{ id: 'a' }, { id: 'b' }, { id: 'a' }] }, 'audiences[2].id is there twice.'],
  [audience({ double_optin: 1 }), 'audiences[0].double_optin must be true or false, not 1.'],
  [
    audience({ merge_fields: [{ tag: 'A-B', type: 'text' }] }),
    'audiences[0].merge_fields[0].tag must be 1 to 10 letters',
  ],
  [audience({ merge_fields: [{ tag: 'A', type: 'bool' }] }), 'audiences[0].merge_fields[0].type must be one of text'],
  [audience({ merge_fields: [{ tag: 'A' }] }), 'audiences[0].merge_fields[0]: The merge field A cannot be set up'],
  [
    audience({ merge_fields: [{ tag: 'A', type: 'text', options: { size: 'x' } }] }),
    'options.size: Schema describes integer',
  ],
  [
    audience({
      merge_fields: [
        { tag: 'A', type: 'text' },
        { tag: 'a', type: 'text' },
      ],
    }),
    'audiences[0].merge_fields[1].tag is there twice.',
  ],
  [audience({ merge_fields: [{ tag: 'A', type: 'text', merge_id: 3 }] }), 'The merge_id 3 of A is taken.'],
  [audience({ contacts: [{}] }), 'audiences[0].contacts[0].email_address is missing.'],
  [
    audience({ contacts: [{ email_address: 5 }] }),
    'audiences[0].contacts[0].email_address must be an e-mail address, not 5.',
  ],
  [audience({ contacts: [{ ...ADA, status: 'gone' }] }), 'audiences[0].contacts[0].status must be one of subscribed'],
  [audience({ contacts: [{ ...ADA, tags: 'vip' }] }), 'audiences[0].contacts[0].tags must be a list, not "vip".'],
  [audience({ contacts: [{ ...ADA, contact_id: 'x' }] }), 'audiences[0].contacts[0].contact_id must be 32 hexadecimal'],
  [
    audience({ contacts: [{ ...ADA, merge_fields: { NEWS: 'x' } }] }),
    'contacts[0]: The audience has no merge field NEWS.',
  ],
  [audience({ contacts: [{ ...ADA, merge_fields: { ADDRESS: 'x' } }] }), 'ADDRESS: Please enter a complete address.'],
  [
    audience({ contacts: [ADA, { email_address: 'b@mail.test' }, { email_address: 'ADA@mail.test' }] }),
    'audiences[0].contacts[2].email_address is there twice.',
  ],
]

describe('a state file that cannot be used', () => {
  test.each(BAD)('%j', (content, problem) => {
    const read = () => readStateFile(written(content))
    expect(read).toThrow(`--state: ${FILE} cannot be used.`)
    expect(read).toThrow(problem)
    expect(read).toThrow('Mend the file; simulator/README.md shows its form.')
  })

  test('names everything that is wrong at once', () => {
    const contacts = [{ ...ADA, vip: true }, { email_address: 'nowhere' }]
    const read = () => readStateFile(written({ ...audience({ contacts }), key: [] }))
    for (const field of ['contacts[0].vip', 'contacts[1].email_address', 'key is unknown']) expect(read).toThrow(field)
  })

  test('names a file that is not there', () => {
    expect(() => readStateFile(join(folder, 'none.json'))).toThrow(
      /none\.json cannot be used\. It cannot be read: ENOENT/,
    )
  })

  test('ends the command with 2 and one message, before it listens', () => {
    const loader = new URL('../scripts/typescript.mjs', import.meta.url).pathname
    const main = new URL('main.ts', import.meta.url).pathname
    const file = written(audience({ contacts: [{ ...ADA, merge_fields: { NEWS: 'x' } }] }))
    const ended = spawnSync(process.execPath, ['--import', loader, main, '--state', file], { encoding: 'utf8' })
    expect([ended.status, ended.stdout]).toEqual([2, ''])
    expect(ended.stderr).toContain(`--state: ${file} cannot be used. audiences[0].contacts[0]:`)
    expect(ended.stderr).not.toContain('    at ')
  })
})

test('a good state file is there when the simulator starts, and after a reset', async () => {
  const seed = readStateFile(
    written({
      keys: [{ key: KEY, role: 'viewer' }],
      audiences: [
        {
          id: 'f00d',
          name: 'Readers',
          double_optin: true,
          marketing_permissions: ['Mail'],
          merge_fields: [
            { tag: 'NEWS', type: 'text', merge_id: 12 },
            { tag: 'FNAME', required: true },
          ],
          contacts: [
            { ...ADA, status: 'archived', contact_id: 'a'.repeat(32), merge_fields: { NEWS: 'true' }, tags: ['vip'] },
          ],
        },
      ],
    }),
  )
  await using simulator = await createSimulator(seed)
  for (const step of [() => undefined, () => simulator.control.reset()]) {
    step()
    expect(simulator.control.contacts('f00d')).toMatchObject([
      {
        status: 'archived',
        contact_id: 'a'.repeat(32),
        merge_fields: { NEWS: 'true' },
        tags: [{ name: 'vip' }],
        marketing_permissions: [{ text: 'Mail', enabled: false }],
      },
    ])
    const headers = { authorization: `Bearer ${KEY}` }
    const lists = await fetch(`${simulator.url}/3.0/lists/f00d`, { headers })
    expect(await lists.json()).toMatchObject({ name: 'Readers', double_optin: true, marketing_permissions: true })
  }
})
