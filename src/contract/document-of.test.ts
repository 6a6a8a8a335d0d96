import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../test/builders.ts'
import { type Settings } from '../domain/integration.ts'
import { type Match } from '../domain/person.ts'
import { documentOf, parseDocument } from './parse-document.ts'

const yesNoTags = ({ mappings }: Pick<Settings, 'mappings'>): string[] =>
  mappings.filter(({ value }) => value.endsWith('_enabled')).map(({ id }) => id)

describe('a document shown again', () => {
  const someSettings: fc.Arbitrary<Settings> = fc
    .record({
      name: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { nil: undefined }),
      enabled: fc.boolean(),
      dataCentre: fc.constantFrom('us6', 'us21', 'eu1'),
      audienceId: fc.stringMatching(/^[0-9a-f]{10}$/),
      mappings: fc.uniqueArray(
        fc.record({
          id: fc.stringMatching(/^[A-Z0-9_]{1,10}$/),
          value: fc.constantFrom('consents_purposes_newsletter_enabled', 'country'),
        }),
        { minLength: 1, maxLength: 5, selector: ({ id }) => id },
      ),
      upsertMode: fc.boolean(),
      options: fc.record({
        match: fc.constantFrom<Match>('email', 'metadata_mail'),
        regulations: fc.uniqueArray(fc.constantFrom('gdpr', 'cpra', 'us-ca_1'), { minLength: 1 }),
        noChoice: fc.constantFrom('keep' as const, 'clear' as const),
        subscribeWhen: fc.constant([]),
        optInConfirmedElsewhere: fc.boolean(),
        newContactStatus: fc.constantFrom('transactional', 'subscribed', 'pending', 'unsubscribed'),
        onUserDeleted: fc.constantFrom('keep', 'withdraw'),
        connections: fc.integer({ min: 1, max: 10 }),
        bulk: fc.constantFrom('batches', 'lists', 'off'),
      }),
    })
    .filter(({ mappings }) => mappings.every(({ id }) => id !== 'EMAIL'))
    .map(settings => ({ ...settings, options: { ...settings.options, subscribeWhen: yesNoTags(settings) } }))

  test('says the same once its key is put back', () => {
    fc.assert(
      fc.property(someSettings, settings => {
        const shown = documentOf(settings)
        const apiKey = `0123456789abcdef0123456789abcdef-${settings.dataCentre}`
        const full = { ...shown, authentication: { ...shown.authentication, api_key: apiKey } }
        expect(parseDocument(JSON.parse(JSON.stringify(full)))).toEqual({ ok: true, apiKey, settings, notes: [] })
      }),
    )
  })

  test('hides the key, and cannot be taken for one with a key', () => {
    const shown = documentOf(settingsOf())
    expect(shown.authentication.api_key).toBe('********-us6')
    expect(parseDocument(shown)).toMatchObject({ ok: false, problems: [{ path: 'authentication.api_key' }] })
  })
})
