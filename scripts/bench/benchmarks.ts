/** Every benchmark there is: a process of its own each. */

export interface Benchmark {
  readonly name: string;
  /** What it shows, for a person. */
  readonly about: string;
  readonly script: string;
  readonly arguments: readonly string[];
}

/** In the order in which they run: what disturbs nothing first. */
export const BENCHMARKS: readonly Benchmark[] = [
  {
    name: "validate",
    about: "`tocsin validate` of 10,000 checks",
    script: "validate",
    arguments: [],
  },
  {
    name: "probe",
    about: "HTTP checks of one core, nothing else",
    script: "probe",
    arguments: [],
  },
  {
    name: "sweep-1000",
    about: "1,000 HTTP checks every 10 s, everything counted",
    script: "sweep",
    arguments: ["1000", "10", "75"],
  },
  {
    name: "sweep-1000-hanging",
    about: "the same with a tenth of the targets hanging",
    script: "sweep",
    arguments: ["1000", "10", "75", "10"],
  },
  {
    name: "sweep-3000",
    about: "3,000 HTTP checks every 10 s: the peers' largest",
    script: "sweep",
    arguments: ["3000", "10", "75"],
  },
  {
    name: "sweep-10000",
    about: "10,000 HTTP checks every 30 s, everything counted",
    script: "sweep",
    arguments: ["10000", "30", "120"],
  },
  {
    name: "page",
    about: "from a deadline to the sink, 50 pages",
    script: "page",
    arguments: [],
  },
  {
    name: "recover",
    about: "kill -9 of the worker to the next full sweep of 20 monitors",
    script: "recover",
    arguments: [],
  },
  {
    name: "ack",
    about: "acknowledging 50 incidents",
    script: "ack",
    arguments: [],
  },
  {
    name: "store",
    about: "10 million readings written and asked",
    script: "store",
    arguments: ["10000000"],
  },
];
