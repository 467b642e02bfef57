/** What are types, fields and questions called? Schema and catalogue as the server has them, fetched once. */

import { get } from "./api.js";
import { dayOf, percent, say, unitOf, word } from "./words.js";

/** @typedef {import("./words.js").Text} Text */
/** @typedef {{name: string, title: Text, kind: string, unit: Text | null, ge: number | null, le: number | null, choices: {value: string, title: Text}[] | null, restricted: boolean, key: boolean, note: Text | null}} Field */
/** @typedef {{name: string, title: Text, fields: Field[]}} Type */
/** @typedef {Type & {places: string[]}} NodeType */
/** @typedef {Type & {reverse: Text, pairs: [string, string][], undirected: boolean}} EdgeType */
/** @typedef {{id: string, kind: "judged" | "table", term: Text, text: Text, group: {value: string, title: Text}, clauses: string[], parameters: string[], columns: any[], anchor: string | null, severity: {value: string, title: Text} | null, remedy: Text | null, reasons: Record<string, Text>, places: string[], needs_history: boolean}} Question */
/** @typedef {{id: string, title: Text, document: string}} Clause */

const DAY = /^\d{4}-\d\d-\d\d$/; // of a column of a question, of which no kind is told

/** @type {Map<string, NodeType>} */
const nodes = new Map();
/** @type {Map<string, EdgeType>} */
const edges = new Map();
/** @type {Clause[]} */
let rules = [];
/** @type {Question[]} */
let asked = [];

/** Fetch both; done once after signing in. */
export async function loadModel() {
  const [schema, catalogue] = await Promise.all([get("/schema"), get("/questions")]);
  for (const each of schema.nodes) nodes.set(each.name, each);
  for (const each of schema.edges) edges.set(each.name, each);
  rules = schema.clauses;
  asked = catalogue.items;
}

/** All questions, in the order of their groups. */
export const questions = () => asked;
/** @param {string} id */
export const questionOf = (id) => asked.find((each) => each.id === id);
/** All clauses, in their order. */
export const clauses = () => rules;
/** @param {string} id */
export const clauseOf = (id) => rules.find((each) => each.id === id);
/** @param {string} type */
export const nodeType = (type) => nodes.get(type);
/** @param {string} type */
export const edgeType = (type) => edges.get(type);
/** All node types. */
export const nodeTypes = () => [...nodes.values()];
/** Rows by what they have in common, in the order of the first of each. @template T @param {T[]} rows @param {(row: T) => string} by @returns {T[][]} */
export function grouped(rows, by) {
  /** @type {Map<string, T[]>} */
  const found = new Map();
  for (const row of rows) found.set(by(row), [...(found.get(by(row)) ?? []), row]);
  return [...found.values()];
}

/** What a type is called. @param {string} type */
export const titleOf = (type) => say((nodes.get(type) ?? edges.get(type))?.title) || type;

/**
 * A stored value in words: choices by their title, flags as yes and no, units beside numbers.
 * @param {Partial<Pick<Field, "kind" | "choices" | "unit">> | undefined} field
 * @param {any} value
 * @param {(key: string) => string} word
 */
export function valueOf(field, value, word) {
  if (value === null || value === undefined) return word("unknown");
  if (field?.choices) return say(field.choices.find((each) => each.value === value)?.title) || String(value);
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  if (field?.kind === "date" || (field?.kind === undefined && DAY.test(value))) return dayOf(value);
  return field?.unit && say(field.unit) !== "year" ? `${value} ${unitOf(value, field.unit)}` : String(value); // 2015 年, 2015
}

/** A field of a node type. @param {string} type @param {string} name */
export const nodeField = (type, name) => nodes.get(type)?.fields.find((each) => each.name === name);

/** Whether a column is a field of a type; of others, such as names at the other end of a relation, there may be none. @param {string | null} type @param {string} name */
export const isField = (type, name) => type !== null && (nodeField(type, name) ?? edgeType(type)?.fields.find((each) => each.name === name)) !== undefined;

/** A value of a parameter as people say it. @param {any} parameter @param {any} value @returns {string} */
export function parameterInWords(parameter, value) {
  /** @param {string} one */
  const choice = (one) => say(parameter.choices?.find((/** @type {any} */ each) => each.value === one)?.title) || one;
  if (value === null || value === undefined) return word("unknown");
  if (typeof value === "boolean") return word(value ? "yes" : "no");
  if (typeof value === "object") return Object.entries(value).map(([key, one]) => `${key}→${choice(/** @type {string} */ (one))}`).join(word("mark.apart"));
  if (parameter.kind === "date") return dayOf(value);
  if (parameter.unit?.en === "share") return percent(value);
  return parameter.unit ? `${value} ${unitOf(value, parameter.unit)}` : choice(String(value));
}
