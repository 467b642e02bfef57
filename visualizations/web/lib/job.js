/** How far is long work? A job is followed by the server's events until it ends. */

import { BASE, Problem, get, written } from "./api.js";
import { say, word } from "./words.js";

/** @typedef {{id: string, kind: string, state: string, done: number, of: number, what: string, code: string | null, failure: import("./words.js").Text | null}} Job */

const ENDED = ["done", "failed", "cancelled", "lost"];
const PAUSE = 500; // milliseconds between two looks where events do not come through

/**
 * Follow a job to its end. Errors: `Problem` where it did not come to a good one.
 * @param {string} id
 * @param {(job: Job) => void} told how far it is, whenever that changes
 */
export async function follow(id, told) {
  const job = await new Promise((resolve, reject) => {
    const events = new EventSource(`${BASE}/jobs/${id}/events`);
    events.addEventListener("job", (event) => {
      const now = JSON.parse(event.data);
      told(now);
      if (ENDED.includes(now.state)) {
        events.close();
        resolve(now);
      }
    });
    events.onerror = () => {
      events.close();
      look(id, told).then(resolve, reject);
    };
  });
  written.value += 1;
  if (job.state !== "done") throw new Problem({ title: word("job.unfinished"), detail: say(job.failure) || job.state, code: job.code ?? job.state, status: 409 });
}

/** @param {string} id @param {(job: Job) => void} told @returns {Promise<Job>} */
async function look(id, told) {
  for (;;) {
    const job = await get(`/jobs/${id}`);
    told(job);
    if (ENDED.includes(job.state)) return job;
    await new Promise((go) => setTimeout(go, PAUSE));
  }
}
