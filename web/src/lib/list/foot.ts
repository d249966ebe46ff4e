import type { Attachment } from 'svelte/attachments';

/** At the end of a list: asks for the next page shortly before it comes into view. */
export function foot(more: () => unknown): Attachment {
  return (element) => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void more(), {
      rootMargin: '400px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  };
}
