/** Does the key belong to an input method that puts characters together? Some browsers tell it by the key's old number only. */
export const isComposing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229;
