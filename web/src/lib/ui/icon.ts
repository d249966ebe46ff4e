import type { Component } from 'svelte';

/** An icon of Lucide, imported by its own path: `@lucide/svelte/icons/plus`. */
export type Icon = Component<{ size?: number | string; class?: string; 'aria-hidden'?: boolean | 'true' | 'false' }>;
