/** Finds and replaces conversations and lanes within an incident. Pure. */

import type { IncidentId } from "./ids.js";
import type { Conversation, IncidentState } from "./incident-state.js";
import type { Lane } from "./lane.js";

export function replace(state: IncidentState, conversation: Conversation): IncidentState {
  return change(state, conversation.id, () => conversation);
}

export function change(
  state: IncidentState,
  id: IncidentId,
  f: (conversation: Conversation) => Conversation,
): IncidentState {
  return { ...state, conversations: state.conversations.map((each) => (each.id === id ? f(each) : each)) };
}

export function laneOf(state: IncidentState, id: IncidentId, notifier: string): Lane | undefined {
  return state.conversations.find((each) => each.id === id)?.lanes.find((each) => each.notifier === notifier);
}

export function changeLane(
  state: IncidentState,
  id: IncidentId,
  notifier: string,
  f: (lane: Lane) => Lane,
): IncidentState {
  return change(state, id, (conversation) => ({
    ...conversation,
    lanes: conversation.lanes.map((lane) => (lane.notifier === notifier ? f(lane) : lane)),
  }));
}
