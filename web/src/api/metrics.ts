// What the server counts, for admins: the figures of /metrics, and how fast they grow.

import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { problemOf } from "./problem";

const AGAIN_MS = 5000;

interface Sample {
  at: number;
  values: Map<string, number>;
}

/// Lines as `name{label="value"} 12.5`, each by its name with the labels, and summed over these by its name alone;
/// those that begin with # are comments.
function read(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, labels, value] = /^([a-z_]+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) continue;
    values.set(name, (values.get(name) ?? 0) + Number(value));
    if (labels !== undefined) values.set(name + labels, Number(value));
  }
  return values;
}

async function fetchSample(): Promise<Sample> {
  const answer = await fetch("/metrics");
  if (!answer.ok) throw problemOf(new Error(answer.statusText));
  return { at: performance.now(), values: read(await answer.text()) };
}

export interface Metrics {
  /// 0 for what is not counted.
  value: (name: string) => number;
  /// A second, since the look before; null at the first one.
  rate: (name: string) => number | null;
}

export function useMetrics() {
  const last = useRef<Sample | null>(null);
  return useQuery({
    queryKey: ["metrics"],
    queryFn: async (): Promise<Metrics> => {
      const now = await fetchSample();
      const before = last.current;
      last.current = now;
      const value = (name: string) => now.values.get(name) ?? 0;
      const rate = (name: string) =>
        before && (value(name) - (before.values.get(name) ?? 0)) / ((now.at - before.at) / 1000);
      return { value, rate };
    },
    refetchInterval: AGAIN_MS,
    structuralSharing: false,
  });
}
