import { type Json, isArray, isObject } from './json.ts'

/** What is wrong with a value, in sentences that begin with the name of the field. */
export type Check = (value: Json, field: string) => readonly string[]

export const text: Check = check('a text', value => typeof value === 'string')
export const flag: Check = check('true or false', value => typeof value === 'boolean')
export const count: Check = check('a number from 0', value => typeof value === 'number' && value >= 0)
export const integer: Check = check('a whole number from 1', value => Number.isInteger(value) && Number(value) > 0)
export const anything: Check = () => []
export const object: Check = check('a JSON object', isObject)
export const address: Check = like('an e-mail address', /^\S[^\s@]*@\S+$/)
export const time: Check = check(
  'a time such as 2026-01-31T09:00:00Z',
  value => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
)

/** A check of one value; `wanted` ends the sentence "… must be". */
export function check(wanted: string, isRight: (value: Json) => boolean): Check {
  return (value, field) => (isRight(value) ? [] : [`${field} must be ${wanted}, not ${shortened(value)}.`])
}

/** A text of a form. */
export function like(wanted: string, form: RegExp): Check {
  return check(wanted, value => typeof value === 'string' && form.test(value))
}

export function oneOf(...accepted: readonly (string | number)[]): Check {
  return check(`one of ${accepted.join(', ')}`, value => accepted.some(known => known === value))
}

export function listOf(item: Check): Check {
  return (value, field) =>
    isArray(value)
      ? value.flatMap((entry, at) => item(entry, `${field}[${at}]`))
      : check('a list', isArray)(value, field)
}

export function either(first: Check, second: Check): Check {
  return (value, field) => (first(value, field).length === 0 ? [] : second(value, field))
}

/** An object of these parts and no others. */
export function objectOf(parts: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, field) => {
    if (!isObject(value)) return object(value, field === '' ? 'It' : field)
    const prefix = field === '' ? '' : `${field}.`
    return [
      ...required.filter(name => value[name] === undefined).map(name => `${prefix}${name} is missing.`),
      ...Object.entries(value).flatMap(([name, part]) => {
        const known = Object.hasOwn(parts, name) ? parts[name] : undefined
        return known ? known(part, prefix + name) : [unknownPart(prefix + name, Object.keys(parts))]
      }),
    ]
  }
}

function unknownPart(field: string, known: readonly string[]): string {
  return `${field} is unknown; known are ${known.join(', ')}.`
}

function shortened(value: Json): string {
  const whole = JSON.stringify(value)
  return whole.length > 60 ? `${whole.slice(0, 60)}…` : whole
}

/** Throws everything that is wrong at once. */
export function demand(value: Json, shape: Check): void {
  const problems = shape(value, '')
  if (problems.length > 0) throw new Error(problems.join(' '))
}
