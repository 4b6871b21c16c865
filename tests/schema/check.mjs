// What braid says of its file and of its routes is checked against what it does.
//
//   node check.mjs BRAID MODULES          (tests/schema/check.sh calls it)
//
// 1. `braid schema` is JSON Schema 2020-12; its examples and defaults are valid where they stand.
// 2. It takes every file that `braid check` takes (the scenarios, the documentation, the shop), and
//    underlines the mistakes of bad.yaml where they are.
// 3. `braid openapi` of all these files is OpenAPI 3.1.
// 4. `braid explain --format dot` is what Graphviz reads.
// 5. What a running gateway answers, while services live, die or talk nonsense, is what the
//    document of pages.yaml says.

import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { read, readAll } from "./yaml.mjs";
import { Fake, Gateway } from "./world.mjs";

const HERE = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const ROOT = path.resolve(HERE, "../..");
const BRAID = path.resolve(process.argv[2]);
const MODULES = path.resolve(process.argv[3]);
const require = createRequire(path.join(MODULES, "package.json"));
const Ajv2020 = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;
const YAML = require("yaml");
const entry = path.join(MODULES, "node_modules/@seriousme/openapi-schema-validator/index.js");
const { Validator } = await import(pathToFileURL(entry));
const { instance } = await import(pathToFileURL(path.join(MODULES, "node_modules/@viz-js/viz/dist/viz.js")));

let passed = 0;
let failed = 0;

function expect(what, problem) {
  if (!problem) return void passed++;
  failed++;
  console.log(`FAILED ${what}\n  ${String(problem).replaceAll("\n", "\n  ")}`);
}

// What a validator cannot even begin with is a mistake too.
process.on("uncaughtException", (error) => {
  console.log(`FAILED ${error.stack}\n${passed} passed, ${failed + 1} failed`);
  process.exit(1);
});

function shown(errors) {
  return (errors ?? []).map((one) => `${one.instancePath || "/"} ${one.message} ${JSON.stringify(one.params)}`).join("\n");
}

function ajv() {
  const made = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false, allErrors: true });
  addFormats(made);
  return made;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "braid-schema-"));
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));

function braid(words, environment = {}) {
  const done = spawnSync(BRAID, words, { cwd: folder, encoding: "utf8", timeout: 60000,
                                         env: { ...process.env, ...environment } });
  if (/Sanitizer|runtime error:/.test(done.stderr ?? "")) throw new Error(done.stderr);
  return done;
}

// --- 1. the schema itself ------------------------------------------------------------------------

const printed = braid(["schema"]);
const schema = JSON.parse(printed.stdout);
const validator = ajv();
expect("braid schema ends with 0 and says nothing else", printed.status !== 0 || printed.stderr);
expect("the schema is valid by the meta-schema of 2020-12", validator.validateSchema(schema) ? null : shown(validator.errors));
validator.addSchema(schema, "braid");
const takes = validator.getSchema("braid");

function checkValues(where, one) {
  if (one === null || typeof one !== "object") return;
  const values = [...(one.examples ?? []).map((value) => ["example", value])];
  if ("default" in one) values.push(["default", one.default]);
  for (const [noun, value] of values) {
    const local = validator.compile({ $ref: `braid#${where.replaceAll("%", "%25").replaceAll("^", "%5E").replaceAll("$", "%24")}` });
    expect(`the ${noun} of ${where} is valid`, local(value) ? null : `${JSON.stringify(value)}\n${shown(local.errors)}`);
  }
  for (const [key, inner] of Object.entries(one)) {
    if (["examples", "default", "enum", "const"].includes(key)) continue;
    checkValues(`${where}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`, inner);
  }
}
checkValues("", schema);

function countKeys(one) {
  if (one === null || typeof one !== "object") return 0;
  const own = one.properties ? Object.values(one.properties).filter((inner) => inner.description || inner.$ref).length : 0;
  return own + Object.values(one).reduce((sum, inner) => sum + countKeys(inner), 0);
}
expect("the schema describes all keys", countKeys(schema) > 100 ? null : `only ${countKeys(schema)}`);

// --- 2. files that braid takes, and files that it refuses --------------------------------------------

/** [{name, text, files, environment}] of every configuration in the tree. */
function* configurations() {
  const scenarios = path.join(ROOT, "tests/scenarios");
  for (const file of fs.readdirSync(scenarios).filter((name) => name.endsWith(".yaml")).sort()) {
    for (const one of readAll(YAML, fs.readFileSync(path.join(scenarios, file), "utf8"))) {
      const texts = [one.config, ...(one.checks ?? []).map((check) => check.config)];
      for (const text of texts.filter((text) => typeof text === "string"))
        yield { name: `${file}: ${one.name}`, text, files: one.files ?? {}, environment: one.env ?? {} };
    }
  }
  yield { name: "the shop", text: fs.readFileSync(path.join(ROOT, "examples/shop/shop.yaml"), "utf8") };
  yield { name: "pages.yaml", text: fs.readFileSync(path.join(HERE, "pages.yaml"), "utf8") };
  const docs = path.join(ROOT, "docs");
  const pages = [path.join(ROOT, "README.md"), ...fs.readdirSync(docs).sort().map((name) => path.join(docs, name))];
  for (const page of pages.filter((name) => name.endsWith(".md"))) {
    const blocks = fs.readFileSync(page, "utf8").matchAll(/^```yaml\n(.*?)^```$/gms);
    for (const [, text] of blocks) {
      const names = [...text.matchAll(/\benv\.([A-Za-z0-9_]+)/g)].map((found) => [found[1], "value"]);
      if (/^(listen|routes):/m.test(text))
        yield { name: path.relative(ROOT, page), text, environment: Object.fromEntries(names) };
    }
  }
}

function filled(text) {
  const whole = text.replace(/@dir@/g, folder).replace(/@file@/g, "braid.yaml").replace(/@([a-z0-9_-]+)\.port@/g, "1")
    .replace(/@([a-z0-9_-]+)@/g, "127.0.0.1:1");
  return /^listen:/m.test(whole) ? whole : `${whole}\nlisten: 127.0.0.1:8080\n`;
}

const documents = [];
const texts = []; // of some of them: [name, text]
let refused = 0;
for (const { name, text, files = {}, environment = {} } of configurations()) {
  const whole = filled(text);
  for (const [file, inside] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), filled(String(inside)));
  }
  fs.writeFileSync(path.join(folder, "braid.yaml"), whole);
  const words = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
  const checked = JSON.parse(braid(["check", "braid.yaml", "--format", "json"], words).stdout);
  if (!checked.ok) {
    refused++;
    continue;
  }
  let value;
  try {
    value = read(YAML, whole);
  } catch (error) {
    expect(`${name} is YAML for others too`, error);
    continue;
  }
  expect(`the schema takes what braid takes: ${name}`, takes(value) ? null : `${shown(takes.errors)}\n${whole}`);
  if (/calls|proxy/.test(whole) && !whole.includes("env.") && texts.length < 40) texts.push([name, whole]);
  const described = braid(["openapi", "braid.yaml"], words);
  expect(`openapi of ${name} ends with 0`, described.status === 0 ? null : described.stderr);
  documents.push([name, JSON.parse(described.stdout)]);
}
expect("there are configurations to look at", documents.length > 50 ? null : `only ${documents.length}`);

for (const { at, config } of read(YAML, fs.readFileSync(path.join(HERE, "bad.yaml"), "utf8"))) {
  const what = `${at}: ${JSON.stringify(config)}`;
  fs.writeFileSync(path.join(folder, "braid.yaml"), YAML.stringify(config));
  const checked = JSON.parse(braid(["check", "braid.yaml", "--format=json"]).stdout);
  expect(`braid refuses ${what}`, checked.ok ? "it does not" : null);
  const isTaken = takes(config);
  const places = (takes.errors ?? []).map((one) => {
    const name = one.params.additionalProperty ?? one.params.propertyName;
    return name === undefined ? one.instancePath : `${one.instancePath}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  });
  expect(`the schema refuses ${what}`, isTaken || !places.includes(at) ? `places: ${places.join(" ")}` : null);
}

// --- 3. OpenAPI --------------------------------------------------------------------------------------

const openapi = new Validator();
for (const [name, document] of documents) {
  const result = await openapi.validate(structuredClone(document));
  expect(`openapi of ${name} is OpenAPI 3.1`, result.valid ? null : JSON.stringify(result.errors, null, 1));
  const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((one) => one.operationId));
  expect(`operationIds of ${name} are unique`, new Set(ids).size === ids.length ? null : ids.join(" "));
}

// --- 4. graphs ---------------------------------------------------------------------------------------

const graphviz = await instance();
for (const [name, text] of texts) {
  fs.writeFileSync(path.join(folder, "braid.yaml"), text);
  const drawn = graphviz.render(braid(["explain", "braid.yaml", "--format", "dot"]).stdout, { format: "svg" });
  expect(`the graph of ${name} is one for Graphviz`, drawn.status === "success" ? null : JSON.stringify(drawn.errors));
  const { routes } = JSON.parse(braid(["explain", "braid.yaml", "--format", "json"]).stdout);
  const calls = routes.reduce((sum, route) => sum + route.calls.length + route.proxies.length, 0);
  const boxes = (drawn.output?.match(/class="node"/g) ?? []).length;
  expect(`the graph of ${name} has a box for each call`, boxes >= calls ? null : `${boxes} for ${calls} calls`);
}

// --- 5. what is described is what is answered ------------------------------------------------------

const text = fs.readFileSync(path.join(HERE, "pages.yaml"), "utf8");
const fakes = { users: new Fake(), orders: new Fake(), products: new Fake() };
for (const fake of Object.values(fakes)) await fake.start();
const gateway = new Gateway(BRAID, folder);
await gateway.start(text, fakes);
const { stdout } = braid(["openapi", gateway.file]);
const api = JSON.parse(stdout);
const answers = ajv();
answers.addVocabulary(["example"]);
answers.addSchema({ $id: "api", $defs: { api: api } }, "api");

const good = {
  users: { "GET /users/7": { json: { id: 7, name: "Ada", email: "ada@example.net" } } },
  orders: {
    "GET /orders/1": { json: { id: 1, customerId: 7, total: 120, state: "open", note: null,
                               items: [{ sku: "A", productId: 3, price: 5 }, { sku: "B", productId: 4, price: 1 }] } },
    "GET /orders": { json: [{ id: 1 }] },
    "POST /orders": { json: { id: 9 } },
  },
  products: {
    "GET /products": { json: [{ id: 3, title: "Lamp" }] },
    "GET /extra": { json: { a: 1 } },
    "GET /search": { json: [] },
  },
};
const nonsense = (answers) => Object.fromEntries(Object.keys(answers).map((key, i) => [key, { json: [null, "x", 3, {}, []][i % 5] }]));
const all = (answers, value) => Object.fromEntries(Object.keys(answers).map((key) => [key, value]));
const worlds = {
  "all is well": good,
  "users are gone": { ...good, users: all(good.users, "hang up") },
  "products are gone": { ...good, products: all(good.products, { status: 503 }) },
  "orders are not found": { ...good, orders: all(good.orders, { status: 404 }) },
  "users are not found": { ...good, users: all(good.users, { status: 404 }) },
  "orders talk nonsense": { ...good, orders: nonsense(good.orders) },
  "everybody talks nonsense": { users: nonsense(good.users), orders: nonsense(good.orders), products: nonsense(good.products) },
  "everybody is gone": { users: all(good.users, "hang up"), orders: all(good.orders, "hang up"), products: all(good.products, "hang up") },
};
const questions = [
  ["GET", "/orders/1", "/orders/{id}"], ["GET", "/spread/7", "/spread/{id}"], ["GET", "/spread/7?note=x", "/spread/{id}"],
  ["GET", "/default/7", "/default/{id}"], ["GET", "/default/7?friend=7", "/default/{id}"], ["GET", "/search", "/search"],
  ["GET", "/search?q=lamp&tag=a&tag=b", "/search"], ["POST", "/orders", "/orders", { sku: "A", count: 2 }],
  ["POST", "/orders", "/orders", "no JSON"], ["POST", "/quiet", "/quiet", { sku: "A" }], ["DELETE", "/any/x/y", "/any/{rest}"],
  ["GET", "/any/x", "/any/{rest}"],
];

/** The response of the operation for a status: exactly, as a range, or the default. */
function responseOf(operation, status) {
  return [String(status), `${Math.floor(status / 100)}XX`, "default"].find((key) => key in operation.responses);
}

function pointer(...words) {
  return words.map((word) => encodeURIComponent(word.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
}

/** What is wrong with an answer; null where it is as described. */
function problemOf(answer, item, method) {
  const operation = api.paths[item]?.[method.toLowerCase()];
  if (!operation) return `${method} ${item} is not described`;
  const key = responseOf(operation, answer.status);
  if (!key) return `${answer.status} is not described`;
  const response = operation.responses[key];
  if (answer.headers.degraded && !response.headers?.Degraded) return "Degraded is not described";
  if (!response.content) return answer.text === "" ? null : `there is a body: ${answer.text}`;
  const type = Object.keys(response.content)[0];
  if (answer.type !== type) return `the type is ${answer.type}, not ${type}`;
  const place = pointer("$defs", "api", "paths", item, method.toLowerCase(), "responses", key, "content", type, "schema");
  let local = response.content[type].schema;
  if (local.$ref === "#/components/schemas/Problem") local = { $ref: `api#/${pointer("$defs", "api", "components", "schemas", "Problem")}` };
  else local = { $ref: `api#/${place}` };
  const check = answers.compile(local);
  return check(JSON.parse(answer.text)) ? null : `${answer.text}\n${shown(check.errors)}`;
}

const seen = new Set();
for (const [name, script] of Object.entries(worlds)) {
  for (const [service, fake] of Object.entries(fakes)) fake.answers = script[service];
  for (const prefer of [undefined, "handling=strict"]) {
    for (const [method, target, item, body] of questions) {
      const headers = { ...(prefer && { prefer }), ...(body && { "content-type": "application/json" }) };
      const sent = typeof body === "object" ? JSON.stringify(body) : body;
      if (sent) headers["content-length"] = Buffer.byteLength(sent);
      const answer = await gateway.ask(method, target, headers, sent);
      seen.add(answer.status);
      expect(`${name}${prefer ? ", strict" : ""}: ${method} ${target} is answered as described`, problemOf(answer, item, method));
    }
  }
}
expect("good and bad answers were seen", [200, 204, 400, 404, 502].every((one) => seen.has(one)) ? null : [...seen].join(" "));
expect("proxy routes are not described", Object.keys(api.paths).some((one) => one.startsWith("/passed")) ? "one is" : null);
expect("a parameter without which nothing can be asked is required",
       api.paths["/search"].get.parameters.find((one) => one.name === "q")?.required === true ? null : "q is not");
expect("the body's members are described",
       Object.keys(api.paths["/orders"].post.requestBody.content["application/json"].schema.properties).join() === "sku,count" ? null : "they are not");
expect("the gateway ends with 0", (await gateway.stop()) === 0 && !/Sanitizer|runtime error:/.test(gateway.said) ? null : gateway.said);
for (const fake of Object.values(fakes)) fake.stop();

console.log(`${documents.length} files that braid takes, ${refused} that it refuses`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
