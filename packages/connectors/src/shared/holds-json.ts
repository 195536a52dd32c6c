/** Whether the stored form (base64) of something unreadable holds JSON at all: what a person is told depends on it. */
export function holdsJson(payload: string): boolean {
  try {
    JSON.parse(Buffer.from(payload, 'base64').toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
