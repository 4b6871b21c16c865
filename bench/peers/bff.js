// The gateway that teams write by hand in Node: node:http, one pool per service, JSON.parse and
// JSON.stringify. With undici where npm has put it, otherwise with the agent of node:http.
//
//   node bff.js WORKERS PORT SERVICE-PORT… (ten that answer at once, three that take 10 ms)
'use strict';
const cluster = require('node:cluster');
const http = require('node:http');

const [workers, port, ...ports] = process.argv.slice(2).map(Number);
const TIMEOUT = 5000;

let undici = null;
try {
  undici = require(process.env.UNDICI || 'undici');
} catch (missing) {
  if (missing.code !== 'MODULE_NOT_FOUND') throw missing;
}

const pools = new Map();

function getWithUndici(port, path) {
  let pool = pools.get(port);
  if (!pool) {
    pool = new undici.Pool(`http://127.0.0.1:${port}`, {
      pipelining: 1, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT, connect: { timeout: TIMEOUT },
    });
    pools.set(port, pool);
  }
  return pool.request({ path, method: 'GET' }).then(async ({ statusCode, body }) => {
    if (statusCode === 200) return body.json();
    await body.dump();
    throw new Error(`status ${statusCode}`);
  });
}

const agent = new http.Agent({ keepAlive: true, timeout: TIMEOUT });

function getWithAgent(port, path) {
  return new Promise((resolve, reject) => {
    http.get({ agent, port, path, host: '127.0.0.1' }, (answer) => {
      const pieces = [];
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode !== 200) return reject(new Error(`status ${answer.statusCode}`));
        try {
          resolve(JSON.parse(Buffer.concat(pieces)));
        } catch (wrong) {
          reject(wrong);
        }
      });
    }).on('error', reject);
  });
}

const get = undici ? getWithUndici : getWithAgent;
const products = '/products?ids=200,201,202,203,204,205,206,207,208,209&page=';
// Of each call what stands before the id of the page.
const pages = {
  '/w1': [['user', 0, '/users/'], ['order', 1, '/orders/'], ['products', 2, products]],
  '/w4': [['user', 10, '/users/'], ['order', 11, '/orders/'], ['products', 12, products]],
  '/w6': [['user', 0, '/users/'], ['order', 1, '/orders/'], ['products', 2, '/catalogue/']],
  '/w7': Array.from({ length: 10 }, (_, part) => [`s${part}`, part, `/parts/${part}/`]),
};

function send(response, status, value, lost) {
  const body = Buffer.from(JSON.stringify(value));
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  if (lost) headers['x-lost'] = lost;
  response.writeHead(status, headers);
  response.end(body);
}

async function compose(calls, id, response) {
  const answers = await Promise.allSettled(calls.map(([, service, path]) => get(ports[service], path + id)));
  const page = {};
  let lost = 0;
  answers.forEach((answer, at) => {
    lost += answer.status !== 'fulfilled';
    page[calls[at][0]] = answer.status === 'fulfilled' ? answer.value : null;
  });
  send(response, lost === calls.length ? 502 : 200, page, lost);
}

async function join(id, response) {
  const order = await get(ports[1], `/orders/${id}`);
  const ids = order.items.map((item) => item.product_id).join(',');
  const [user, list] = await Promise.allSettled([
    get(ports[0], `/users/${order.user_id}?page=${id}`), get(ports[2], `/products?ids=${ids}&page=${id}`),
  ]);
  const lost = (user.status !== 'fulfilled') + (list.status !== 'fulfilled');
  const byId = new Map((list.value || []).map((product) => [product.id, product]));
  order.customer = user.value ? { name: user.value.name, email: user.value.email } : null;
  for (const item of order.items) item.product = byId.get(item.product_id) || null;
  send(response, 200, order, lost);
}

function serve(request, response) {
  const end = request.url.lastIndexOf('/');
  const page = request.url.slice(0, end);
  const id = request.url.slice(end + 1);
  if (pages[page]) return compose(pages[page], id, response);
  if (page === '/w8') {
    return join(id, response).catch(() => send(response, 502, { lost: 'order' }, 1));
  }
  return send(response, 404, {}, 0);
}

if (workers > 1 && cluster.isPrimary) {
  for (let started = 0; started < workers; started++) cluster.fork();
  process.on('SIGTERM', () => {
    for (const id in cluster.workers) cluster.workers[id].kill();
    process.exit(0);
  });
} else {
  http.createServer(serve).listen(port, '127.0.0.1', 4096);
}
