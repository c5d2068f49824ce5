// What the page knows, and how it asks the server.
// All other files share it, so that no two of them can know different things.

const SILENT = 'There is no answer from the dashboard’s program.';

export const app = {
  token: document.querySelector('meta[name=token]').content,
  told: null,
  connected: true,
  site: '',
  source: null, // the connection, and two timers: of another try, and of its silence
  waits: 0,
  silence: 0,
  revision: '',
  traffic: null,
  drawn: {},
};
// The list as it stands: by ID what is known of a row, and by title the sections of days.
export const list = {
  site: '',
  rows: [],
  known: new Map(),
  days: new Map(),
  open: new Set(),
  drawing: 0,
  failed: null,
  older: false,
  day: '',
};

export function current() {
  return app.told ? app.told.sites.find((site) => site.site === app.site) : null;
}

export async function get(path) {
  let answer;
  try {
    answer = await fetch(path);
  } catch {
    throw { state: 'disconnected', line: SILENT, remedy: '' };
  }
  const told = await answer.json().catch(() => ({ error: `The answer cannot be read (${answer.status}).` }));
  if (answer.ok) return told;
  throw told.health && told.health.line
    ? told.health
    : { state: 'refused', line: told.error || `It was refused (${answer.status}).`, remedy: told.remedy || '' };
}

export async function ask(request) {
  try {
    const answer = await fetch('/ask', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Token': app.token },
      body: JSON.stringify(request),
    });
    const type = answer.headers.get('content-type') || '';
    return type.includes('json') ? await answer.json() : { outcome: 'refused', text: (await answer.text()).trim() };
  } catch {
    return {
      outcome: 'disconnected',
      text: `${SILENT} Is it still running? What is live now is shown when it answers again.`,
    };
  }
}
