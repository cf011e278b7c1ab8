/**
 * The data that the pages draw: what `viewer/payload.py` and the server send, and what an exported file holds.
 *
 * Agents are numbers: places in `Context.agents`. Positions are numbers of steps, from 0. Scores are from 0 to 1.
 */

/** Version of the package, and everything that can be opened. */
export interface Index {
  version: string;
  /** Whether contexts can be changed (`--edit`). */
  edit: boolean;
  /** Name of the language model of what-if branches; null if no model was named. */
  model: string | null;
  contexts: ContextEntry[];
  runs: RunEntry[];
  left_out: { name: string; why: string }[];
}

export interface ContextEntry {
  id: string;
  title: string;
  agents: number;
  steps: number;
  /** Number of errors, number of warnings. */
  issues: [number, number];
  /** Whether the context belongs to an item. The list of contexts does not show it then. */
  of_item?: boolean;
  /** Id of the context or branch that this branch was made from. */
  parent?: string;
}

export interface RunEntry {
  id: string;
  /** Name of the folder. */
  name: string;
  benchmark: string;
  dataset: string;
  mode: string;
  model: string;
  context_model: string | null;
  scorer: string;
  protocol: string;
  state: 'done' | 'running' | 'stopped';
  done: number;
  of: number;
  failed: number;
  /** Changes when the files of the run change. */
  stamp: string;
}

/* ---------------------------------------------------------------------------------------------- contexts */

export type EventKind = 'fact' | 'act' | 'utterance' | 'percept' | 'mental';

/** Position of the step of perception, agents, and their words if these differ from the text of the event. */
export type Percept = [position: number, agents: number[], words?: string];

/** An event: id, position, kind, text, actor (-1: none), percepts, and overt observers (null: all observers). */
export type EventRow = [
  id: string,
  position: number,
  kind: EventKind,
  text: string,
  actor: number,
  percepts: Percept[],
  overt: number[] | null,
];

/**
 * A sentence. Offsets count units of UTF-16, as the browser does. Without `start` and `end`, the place of
 * the sentence in the narrative is unknown and `text` holds its words.
 */
export interface Sentence {
  start: number | null;
  end: number | null;
  text?: string;
  position: number;
  events: string[];
  perceivers: number[];
}

export interface Issue {
  severity: 'error' | 'warning';
  position: number | null;
  agent: number | null;
  path: string;
  expected: string;
  got: string;
}

/** First position with the new value, value, id of the event, and how: "seen" or "told". */
export type BeliefChange = [position: number, value: string, event: string, how: string];
/** Belief changes by chain. "" is the real place; "1>0" is what agent 1 believes that agent 0 believes. */
export type BeliefTracks = Record<string, BeliefChange[]>;
/** First position with the knowledge, agent, id of the event, and how. "inferred" is uncertain. */
export type KnowledgeChange = [position: number, agent: number, event: string, how: 'said' | 'heard' | 'inferred'];

export interface Question {
  text: string;
  chain: number[];
  gold: string | null;
  choices: string[];
  kind: string | null;
}

export interface Imagined {
  by: string;
  mind: string;
  act: string;
  state: string;
}

export interface Considered {
  act: string;
  /** Expected value from 0 to 10; null if the agent does not value acts. */
  value: number | null;
  why: string;
  /** One list of imagined replies per imagined future. */
  futures: Imagined[][];
}

/** The decision of an agent of an episode. */
export interface Decision {
  position: number;
  agent: number;
  /** The act that the agent chose, in the words of `considered`. */
  act: string;
  why: string;
  considered: Considered[];
}

/** How a branch was made: who acted, number of calls, tokens, and US$ (null: unknown). */
export interface Edge {
  who: string;
  calls: number;
  tokens: number;
  cost: number | null;
}

export interface Context {
  v: 1;
  id: string;
  title: string;
  domain: string | null;
  agents: string[];
  steps: { name: string }[];
  events: EventRow[];
  narrative: { text: string; sentences: Sentence[]; provenance: 'trace' | 'none' } | null;
  issues: Issue[];
  /** Objects with a place. Empty if rules cannot read the wording. */
  facts: string[];
  beliefs: Record<string, BeliefTracks>;
  beliefs_by: 'rules' | 'none';
  /** Why there are no beliefs; null if there are beliefs. */
  beliefs_why: string | null;
  /** Knowledge changes by statement or question, for statements that are no utterances of the context. */
  knowledge: Record<string, KnowledgeChange[]>;
  question: Question | null;
  decisions: Decision[];
  parent: string | null;
  edge: Edge | null;
}

/* ---------------------------------------------------------------------------------------------- runs */

/** Value and 95 % confidence interval. */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface RunSummary extends RunEntry {
  headline: Estimate & { label: string; n: number; failed: number; note: string };
  caution: string;
  notes: string[];
  tokens_per_question: number | null;
  dollars_per_question: number | null;
  /** Settings from the manifest, only the fields that are allowed. */
  manifest: Record<string, string | number | boolean | null>;
}

/** Difference from the run in mode vanilla with the same model, data and scorer. */
export interface Gain extends Estimate {
  over: string;
  /** p value, adjusted by Holm's method over all tests of the page. */
  p: number | null;
}

export interface Table {
  title: string;
  rows: (Estimate & { label: string; n: number; failed: number; baselines: Record<string, number>; note: string })[];
  notes: string[];
}

export interface Tables {
  /** Best trivial baseline of the headline: name and value; null if there is none. */
  baseline: { name: string; value: number } | null;
  tables: Table[];
}

/** Status, extracted answer, whether it is correct (null: not scored), and true if the model had to guess. */
export type Verdict = [status: string, answer: string | null, correct: boolean | null, uncertain?: true];

export interface ItemRow {
  index: string;
  question: string;
  gold: string | null;
  asks: string | null;
  order: number | null;
  a: Verdict | null;
  b: Verdict | null;
}

export type ItemFilter = 'all' | 'a' | 'b' | 'wrong' | 'fail';

/**
 * Filter: all; only A correct; only B correct; A and B wrong (without B: A wrong); A or B failed.
 * A failure counts as wrong. `q` searches questions, index, gold and answers.
 */
export interface ItemQuery {
  f: ItemFilter;
  q: string;
  offset: number;
  limit: number;
  b: string | null;
}

export interface ItemPage {
  total: number;
  counts: Record<ItemFilter, number>;
  rows: ItemRow[];
}

export interface ItemResult {
  status: string;
  /** Unchanged reply of the model. */
  raw: string | null;
  /** Reply without reasoning, from which the answer was extracted. */
  response: string | null;
  /** Place of the answer in `response`; null if the answer is not verbatim there. */
  span: [start: number, end: number] | null;
  reasoning: string | null;
  answer: string | null;
  extracted_by: string | null;
  correct: boolean | null;
  /** Whether the symbolic model had to guess the answer. */
  uncertain: boolean;
  scores: Record<string, number>;
  usage: { calls: number; input: number; output: number; cost: number | null };
  samples: { answer: string | null; correct: boolean | null; response: string | null; error: string | null }[];
  error: string | null;
  /** Prompt by section; empty if there is no prompt, and then `note` says why. */
  prompt: { parts: { name: string; text: string }[]; note: string };
  /** Id of the context of this item; null if it has none. */
  context: string | null;
  /** Whether the context is from the run. If not, rules made it from the narrative. */
  own_context: boolean;
  context_warnings: string[];
}

export interface Item {
  index: string;
  question: string;
  gold: string | null;
  kind: string | null;
  chain: string[];
  choices: string[];
  narrative: string;
  set: string | null;
  a: ItemResult;
  b: ItemResult | null;
}

export interface Comparison {
  /** Value of B minus value of A. */
  difference: Estimate;
  p: number | null;
  /** Name of the test. */
  test: string;
  a: Estimate;
  b: Estimate;
  label: string;
  n: number;
  /** Number of units that only A, and only B, answers correctly. */
  only_a: number;
  only_b: number;
  rows: { title: string; label: string; a: number | null; b: number | null; difference: Estimate; p: number | null }[];
}

/* ---------------------------------------------------------------------------------------------- what if */

export interface Difference {
  pairs: [string, string][];
  only_a: string[];
  only_b: string[];
  /** Agents of the second context, by event id of the first context. */
  percepts: { a: string; b: string; gained: string[]; lost: string[] }[];
}

export interface Injection {
  context: string;
  /** Position of the step. With a fork, all later steps are removed. */
  at: number;
  fork: boolean;
  inject: { agent: number; act: string; thought: string } | null;
}

export interface Estimated {
  calls: number;
  tokens: number;
  cost: number | null;
  model: string;
}

export interface Answered {
  answer: string;
  certain: boolean;
  /** Reason for the answer, or for the doubt; empty if there is none. */
  why: string;
  calls: number;
  tokens: number;
  cost: number | null;
}

/* ---------------------------------------------------------------------------------------------- source */

export type LiveEvent =
  | { event: 'run'; data: RunEntry }
  | { event: 'index'; data: null }
  | { event: 'branch'; data: { id: string; done: number; of: number; error: string | null } };

/**
 * Where the data comes from: the server, or an exported file.
 *
 * Every method rejects with an `Error` whose message is a sentence for the reader.
 */
export interface Source {
  /** Whether there is a server: deeper chains, free facts, updates, and what-if. */
  live: boolean;
  index(): Promise<Index>;
  context(id: string): Promise<Context>;
  /** Tracks of a chain of any length, and of the chain with each further agent. */
  beliefs(id: string, fact: string, chain: number[]): Promise<BeliefTracks>;
  knowledge(id: string, fact: string): Promise<KnowledgeChange[]>;
  run(id: string): Promise<RunSummary>;
  /** Gains of all runs, by id of the run. */
  gains(): Promise<Record<string, Gain>>;
  tables(id: string): Promise<Tables>;
  items(run: string, query: ItemQuery): Promise<ItemPage>;
  item(run: string, index: string, b: string | null): Promise<Item>;
  compare(a: string, b: string): Promise<Comparison>;
  /** Calls `on` for each event; returns a function that stops. */
  listen(on: (event: LiveEvent) => void): () => void;
  branch(injection: Injection): Promise<{ id: string }>;
  goOn(id: string, steps: number, dryRun: boolean): Promise<Estimated>;
  diff(a: string, b: string): Promise<Difference>;
  ask(id: string, question: string, agent: number | null, byModel: boolean): Promise<Answered>;
}

/** The data of an exported file. Methods of `Source` find their results here. */
export interface Exported {
  index: Index;
  contexts: Record<string, Context>;
  runs: Record<string, RunSummary>;
  gains: Record<string, Gain>;
  tables: Record<string, Tables>;
  /** Rows by run: index, question, gold, asks, order, verdict. */
  rows: Record<string, [string, string, string | null, string | null, number | null, Verdict][]>;
  /** Items by run and index, for exported items: everything of `Item` but `b`. */
  items: Record<string, Record<string, Omit<Item, 'b'>>>;
  /** Comparisons by "a b". */
  comparisons: Record<string, Comparison>;
}
