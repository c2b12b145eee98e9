// Tools: functions that the model may ask the caller to run.
import type { Json, JsonSchema } from './json.ts'

/** A function that the model may ask for. The caller runs it, or not. */
export interface Tool {
  /** What it is called. */
  readonly name: string
  /** What it does, for the model. Default: none. */
  readonly description?: string
  /** What it takes: the schema of an object. Default: any object. */
  readonly parameters?: JsonSchema
}

/** What the model asks for. */
export interface ToolCall {
  /** Name of the tool, one of those that were offered. */
  readonly name: string
  /** What it is to be run with. Nothing holds them to the tool's schema unless the call was required: check them. */
  readonly arguments: {
    /** A value by the parameter's name. */
    readonly [name: string]: Json
  }
}

/** Calls that the model made in one answer, and what the caller gave for them. */
export interface ToolExchange {
  /** The calls, as `AnswerSummary.calls` had them. */
  readonly calls: readonly ToolCall[]
  /** What each of them gave, as a text. Shape: (calls). */
  readonly results: readonly string[]
}

/**
 * Whether the model calls a tool. With `auto` it decides. With `required`, or a tool by its name, nothing but one call can be
 * written, and its arguments are held to the tool's schema as `AnswerOptions.json` holds an answer.
 */
export type ToolChoice =
  | 'auto'
  | 'required'
  | {
      /** Name of the tool. */
      readonly name: string
    }
