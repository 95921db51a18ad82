#!/usr/bin/env bash
# An example for Slurm: one run divided over an array of jobs, and a job after them that renders one report of all of it.
# Copy it into a checkout on a file system that all nodes share, adapt the options of sbatch, and run it there:
#
#   PARTS=8 ./shards-slurm.sh
#
# Choose nodes of one kind (--constraint, --partition), and whole nodes (--exclusive), because other jobs disturb. The report
# shows where nodes were not of one kind, and which one measured what.
#
# Tested: this script as it is, by tests/faults/tests/suite/shards.rs, with Slurm on one machine. Not tested: several nodes.
set -euo pipefail

export PARTS=${PARTS:-8}
export RECORDS=${RECORDS:-$PWD/parts}

case ${1:-submit} in
submit)
    # Build once, here: all nodes run this build.
    cargo bench --no-run
    array=$(sbatch --parsable --array="1-$PARTS" --exclusive --time=30 "$0" measure)
    # After all parts, also when one failed: the report shows what is missing.
    report=$(sbatch --parsable --dependency="afterany:$array" --time=30 "$0" report)
    echo "$PARTS parts are job $array, the report is job $report: reports/index.html"
    ;;
measure)
    # In the report a node has its host name; set PAIRBENCH_MACHINE for another.
    part=$SLURM_ARRAY_TASK_ID
    cargo bench -- --shard "$part/$PARTS" --noplot --reports "$RECORDS/$part"
    ;;
report)
    cargo run --quiet -- report "$RECORDS" --out reports
    ;;
*)
    echo "$0: no such step: $1 (submit, measure, report)" >&2
    exit 2
    ;;
esac
