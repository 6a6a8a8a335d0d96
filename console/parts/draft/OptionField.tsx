import { NumberInput, Select, Switch, TagsInput, TextInput } from '@mantine/core'
import type {
  ChoiceOption,
  CountOption,
  FlagOption,
  IdsOption,
  KeyedOption,
  Option,
  OptionValue,
} from '../../../src/domain/options.ts'

type Field<Kind extends Option, Value> = {
  readonly option: Kind
  readonly value: Value
  readonly onChange: (value: Value) => void
}

/** The field of any option, as its entry in the table of options describes it. */
export function OptionField({ option, value, onChange }: Field<Option, OptionValue>) {
  switch (option.kind) {
    case 'choice':
      return <ChoiceField option={option} value={String(value)} onChange={onChange} />
    case 'keyed':
      return <KeyedField option={option} value={String(value)} onChange={onChange} />
    case 'count':
      return <CountField option={option} value={Number(value)} onChange={onChange} />
    case 'ids':
      return <IdsField option={option} value={Array.isArray(value) ? value : []} onChange={onChange} />
    case 'flag':
      return <FlagField option={option} value={value === true} onChange={onChange} />
  }
}

const labelled = (choices: ChoiceOption['choices']) =>
  Object.entries(choices).map(([value, { label }]) => ({ value, label }))

function ChoiceField({ option, value, onChange }: Field<ChoiceOption, string>) {
  return (
    <Select
      label={option.label}
      description={option.choices[value]?.says ?? option.help}
      data={labelled(option.choices)}
      allowDeselect={false}
      value={value}
      onChange={next => next && onChange(next)}
    />
  )
}

function KeyedField({ option, value, onChange }: Field<KeyedOption, string>) {
  const { prefix, other, key } = option
  const isKeyed = !Object.hasOwn(option.choices, value)
  return (
    <>
      <Select
        label={option.label}
        description={option.help}
        data={[...labelled(option.choices), { value: prefix, label: other.label }]}
        allowDeselect={false}
        value={isKeyed ? prefix : value}
        onChange={next => next && onChange(next)}
      />
      {isKeyed && (
        <TextInput
          label={key.label}
          description={key.help}
          placeholder="email"
          required
          value={value.slice(prefix.length)}
          onChange={event => onChange(prefix + event.currentTarget.value)}
        />
      )}
    </>
  )
}

const CountField = ({ option, value, onChange }: Field<CountOption, number>) => (
  <NumberInput
    label={option.label}
    description={option.help}
    min={option.min}
    max={option.max}
    maw={160}
    value={value}
    onChange={next => typeof next === 'number' && onChange(next)}
  />
)

const IdsField = ({ option, value, onChange }: Field<IdsOption, readonly string[]>) => (
  <TagsInput
    label={option.label}
    description={option.help}
    data={[...option.suggestions]}
    value={[...value]}
    onChange={values => onChange(values.map(option.letters === 'upper' ? inUpper : inLower))}
  />
)

const inUpper = (text: string): string => text.toUpperCase()
const inLower = (text: string): string => text.toLowerCase()

const FlagField = ({ option, value, onChange }: Field<FlagOption, boolean>) => (
  <Switch
    label={option.label}
    description={option.help}
    checked={value}
    onChange={event => onChange(event.currentTarget.checked)}
  />
)
