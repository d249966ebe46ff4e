import { api, body } from '#lib/api/client.ts';
import { live } from '#lib/live.ts';

/** How many notifications wait to be read; kept current while somebody shows it. */
class Unread {
  count = $state(0);

  /** Returns how to stop. */
  follow(): () => void {
    void this.load();
    return live.on('notification', () => this.load());
  }

  async load(): Promise<void> {
    try {
      const query = { unread: true, pageSize: 1, count: true };
      this.count = (await body(api.GET('/v1/notifications', { params: { query } }))).totalSize ?? 0;
    } catch {
      // A side note of the page: the next change brings it.
    }
  }
}

export const unread = new Unread();
