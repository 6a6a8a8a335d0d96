import { expect, test } from 'vitest'
import { curlOf } from './curl.ts'

test('a request becomes a command without its key, and no value ends its quotes', () => {
  const command = curlOf({
    method: 'PATCH',
    path: '/lists/a/members/b',
    body: { merge_fields: { NAME: "O'Hara" } },
  })
  expect(command).toBe(
    `curl -X PATCH "https://$MAILCHIMP_DC.api.mailchimp.com/3.0"'/lists/a/members/b' -u "key:$MAILCHIMP_KEY"` +
      ` -H 'content-type: application/json' -d '{"merge_fields":{"NAME":"O'\\''Hara"}}'`,
  )
})

test('a request without a body sends none', () => {
  expect(curlOf({ method: 'GET', path: '/ping', body: null })).not.toContain('-d')
})
