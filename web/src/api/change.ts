// What every change has in common: afterwards the lists that show it are looked at again, whatever came of it.

import { useMutation, useQueryClient } from "@tanstack/react-query";

/// `list` is the first part of the key of the queries that the change touches.
export function useChange<Input, Output>(list: string, change: (input: Input) => Promise<Output>) {
  const client = useQueryClient();
  return useMutation({ mutationFn: change, onSettled: () => client.invalidateQueries({ queryKey: [list] }) });
}
