#!/usr/bin/env bash
# A task of merge.sh's array: some pieces of a stage, each tried three times.
set -uo pipefail

code=0
for piece in $(awk -v first="$SLURM_ARRAY_TASK_ID" -v step="$TASKS" \
  'NR % step == first % step' "$PIECES"); do
  for try in 1 2 3; do
    "$ECLIPTIC" shard run "$RUN" "$piece" --stage "$LAST_STAGE" \
      --jobs "${SLURM_CPUS_PER_TASK:-1}" && continue 2
    echo "piece $piece of stage \"$LAST_STAGE\": try $try failed on $(hostname)" >&2
  done
  code=1
done
exit "$code"
