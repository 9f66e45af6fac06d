#!/usr/bin/env bash
# A job of submit's: plans or merges, and submits the next stage with the job that will merge it.
set -euo pipefail

jobs="${SLURM_CPUS_PER_TASK:-${SLURM_CPUS_ON_NODE:-1}}"
if [ ! -e "$RUN/manifest.json" ]; then
  "$ECLIPTIC" shard plan "$DETECTIONS" --output "$RUN" --workers "$WORKERS" --jobs "$jobs" "$@" \
    || [ $? = 3 ]
else
  # Missing pieces are seen below.
  "$ECLIPTIC" shard merge "$RUN" --output "$LINKS" --jobs "$jobs" || [ $? = 3 ] || true
fi
mapfile -t now < <("$ECLIPTIC" shard status "$RUN" --json | python3 -c '
import json, sys
now = json.load(sys.stdin)
print(now["done"], now.get("stage") or "", *now["missing"], sep="\n")')
if [ "${now[0]}" = True ]; then
  echo "done: $LINKS"
  exit 0
fi
stage="${now[1]}"
# A plan that left nothing for others: all that remains is to merge.
if [ -z "$stage" ]; then
  if [ "$LAST_STAGE" = merged ]; then exit 1; fi
  LAST_STAGE=merged exec "$0"
fi
if [ "$stage" = "$LAST_STAGE" ]; then ROUND=$((ROUND + 1)); else ROUND=0; fi
export LAST_STAGE="$stage" ROUND
if [ "$ROUND" -ge 3 ]; then
  echo "stage \"$stage\" lacks pieces ${now[*]:2} after three rounds: see $RUN/slurm/piece-*.log;" \
    "what is done is kept, submit again to go on" >&2
  exit 1
fi
pieces=("${now[@]:2}")
if [ ${#pieces[@]} = 0 ]; then
  echo "all pieces of \"$stage\" are there, but merging them failed, see above; what is done is kept," \
    "submit again to go on" >&2
  exit 1
fi
export PIECES="$RUN/slurm/pieces-${SLURM_JOB_ID}.txt"
printf '%s\n' "${pieces[@]}" > "$PIECES"
# A cluster takes arrays of some length only; a task then has several pieces.
limit="$(scontrol show config | sed -n 's/^MaxArraySize *= *//p')"
export TASKS=$((${#pieces[@]} < ${limit:-1001} - 1 ? ${#pieces[@]} : ${limit:-1001} - 1))
# shellcheck disable=SC2086
array="$(sbatch --parsable --job-name="ecliptic-pieces" --array="1-$TASKS%$WORKERS" --requeue \
  --output="$RUN/slurm/piece-%A-%a.log" --open-mode=append ${SBATCH_OPTIONS:-} \
  "$SLURM_TOOLS/piece.sh")"
# shellcheck disable=SC2086
sbatch --parsable --job-name=ecliptic-merge --dependency="afterany:$array" \
  --output="$RUN/slurm/merge.log" --open-mode=append ${SBATCH_OPTIONS:-} ${MERGE_OPTIONS:-} \
  "$SLURM_TOOLS/merge.sh"
