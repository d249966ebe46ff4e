/**
 * Chinese by reason. {params} are filled in; of several sentences the first that speaks only of what is there is said.
 * `{field}` is the field's path: a sentence begins with it, or does without it where a heading stands beside.
 */
export type Sentences = Readonly<Record<string, string | readonly string[]>>;
