import { english } from './en.ts'
import { french } from './fr.ts'
import { kinyarwanda } from './rw.ts'

type Widened<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Widened<T[Key]> }

/** What every language has to say: a catalogue that lacks a word does not compile. */
export type Texts = Widened<typeof english>

/** By the names that browsers and HTML give them. A reader of none of these is shown the first. */
export const catalogues = { en: english, fr: french, rw: kinyarwanda } as const satisfies Record<string, Texts>

export type Language = keyof typeof catalogues

export const languages = Object.keys(catalogues) as readonly Language[]
