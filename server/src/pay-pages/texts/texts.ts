import { type english } from './en.ts'

type Widened<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Widened<T[Key]> }

/** What every language has to say: a catalogue that lacks a word does not compile. */
export type Texts = Widened<typeof english>
