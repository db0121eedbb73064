/** Every workflow: the entry of the bundle that Temporal's sandbox runs. */

export { incident } from "./incident.js";
export { monitor } from "./monitor.js";
export { doctor, housekeeping } from "./upkeep.js";
