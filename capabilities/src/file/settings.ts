import { secret, text, type Settings } from '@pelagic/chassis/config';

/** Where a service keeps the bytes of its files. */
export const FILE_SETTINGS = {
  FILES_DIR: text('folder for uploads, attachments and results, shared by all instances'),
  FILES_URL: secret(
    'bucket that keeps them instead, s3://key:secret@host/bucket?region=…; tls=false and path_style=true for servers that need it',
    '',
  ),
} satisfies Settings;
