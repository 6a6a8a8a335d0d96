import { given, textIn, type RawSearch } from '../../search-params.ts'

export const readPeopleSearch = (search: RawSearch) => given({ search: textIn(search, 'search') })
