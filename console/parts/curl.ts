import type { Attempt } from '../api/events.ts'

/** A request as a command for a POSIX shell, which finds the key and the data centre in two variables. */
export function curlOf({ method, path, body }: Attempt['request']): string {
  const url = `"https://$MAILCHIMP_DC.api.mailchimp.com/3.0"${quoted(path)}`
  const data =
    body === null || body === undefined ? '' : ` -H 'content-type: application/json' -d ${quoted(JSON.stringify(body))}`
  return `curl -X ${method} ${url} -u "key:$MAILCHIMP_KEY"${data}`
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
