// What k6 runs: the requests of a plan in turn, each by one of the people in it. `{n}` in a path or a body is a number that no
// other request of the run has.
import http from 'k6/http';
import { check } from 'k6';
import exec from 'k6/execution';

const plan = JSON.parse(open(__ENV.PLAN));

export const options = {
  scenarios: { load: plan.scenario },
  discardResponseBodies: true,
  summaryTrendStats: ['avg', 'min', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'],
};

const params = plan.people.map((headers) => ({ headers, timeout: '60s' }));

export default function () {
  const turn = exec.scenario.iterationInTest;
  const { method, url, body } = plan.requests[turn % plan.requests.length];
  const n = String(plan.first + turn).padStart(8, '0');
  const answer = http.request(
    method,
    url.replaceAll('{n}', n),
    body === undefined ? null : body.replaceAll('{n}', n),
    Object.assign({ tags: { name: plan.name } }, params[turn % params.length]),
  );
  check(answer, { 'was answered well': ({ status }) => status >= 200 && status < 300 });
}

export function handleSummary(data) {
  return { [plan.summary]: JSON.stringify(data) };
}
