import File from '@lucide/svelte/icons/file';
import FileArchive from '@lucide/svelte/icons/file-archive';
import FileSpreadsheet from '@lucide/svelte/icons/file-spreadsheet';
import FileText from '@lucide/svelte/icons/file-text';
import Image from '@lucide/svelte/icons/image';
import Mail from '@lucide/svelte/icons/mail';
import Presentation from '@lucide/svelte/icons/presentation';
import type { Icon } from '#lib/ui/icon.ts';

const KINDS: [RegExp, Icon][] = [
  [/^image\//, Image],
  [/spreadsheet|excel|csv/, FileSpreadsheet],
  [/presentation|powerpoint/, Presentation],
  [/^message\/|outlook/, Mail],
  [/zip|rar|7z|tar/, FileArchive],
  [/pdf|word|works|text|rtf/, FileText],
];

/** A picture of what is in a file, by its media type. */
export const kindIcon = (mediaType: string): Icon => KINDS.find(([pattern]) => pattern.test(mediaType))?.[1] ?? File;
