// YAML as braid reads it: plain true, false, null and JSON numbers are what they look like, all
// else is text; keys are text.

const NUMBER = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const WORDS = new Map([["true", true], ["false", false], ["null", null]]);

function meaning(node) {
  if (node.type !== "PLAIN") return node.value;
  if (WORDS.has(node.value)) return WORDS.get(node.value);
  return NUMBER.test(node.value) ? Number(node.value) : node.value;
}

function plain(YAML, document) {
  YAML.visit(document, {
    Scalar(key, node) {
      if (key !== "key") node.value = meaning(node);
    },
  });
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS({ maxAliasCount: -1 });
}

const OPTIONS = { schema: "failsafe", merge: true, uniqueKeys: false };

/** One document as JavaScript values. */
export function read(YAML, text) {
  return plain(YAML, YAML.parseDocument(text, OPTIONS));
}

/** Every document of a text that holds several. */
export function readAll(YAML, text) {
  return YAML.parseAllDocuments(text, OPTIONS).map((document) => plain(YAML, document));
}
