"""Times training steps of Semblance and PyTorch on the same pairs of texts and weights, in turns, once their losses agree.

compare-training.py FOLDER NAME PAIRS THREADS ROUNDS mixed|alike: FOLDER has model/, sentences.txt and tokens.jsonl (semblance tokenize).
mixed: batches as they come, of texts long and short. alike: all texts of a batch are of like length, so that padding costs PyTorch next to nothing."""
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

BATCHES = 8
STEPS = 2  # of a round
TOLERANCE = 1e-4
HERE = Path(__file__).parent


class Peer:
    """A process that answers with the losses of three steps without dropout, then for each line with the seconds of a round, and at the end with its peak memory."""

    def __init__(self, command, threads):
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "DOTNET_PROCESSOR_COUNT": str(threads)}
        self.process = subprocess.Popen([*command, str(STEPS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.losses = self.answer()

    def seconds(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        memory = self.answer()
        self.process.wait()
        return memory


def write_pairs(folder, pairs, alike):
    texts = list(zip((folder / "sentences.txt").read_text().split("\n"), (json.loads(line)["ids"] for line in (folder / "tokens.jsonl").open())))
    size = 2 * pairs
    chosen = texts[: BATCHES * size]
    if alike:
        chosen.sort(key=lambda text: len(text[1]))
    batches = [chosen[start : start + size] for start in range(0, len(chosen) - size + 1, size)]
    columns = [(batch[:pairs], batch[pairs:]) for batch in batches]
    (folder / "pairs.json").write_text(json.dumps([
        {"texts": [[text for text, _ in column] for column in batch], "ids": [[ids for _, ids in column] for column in batch]} for batch in columns]))
    tokens = sum(len(ids) for _, ids in chosen)
    padded = sum(len(column) * max(len(ids) for _, ids in column) for batch in columns for column in batch)
    return tokens / len(batches), padded / len(batches)


def main():
    folder, name, pairs, threads, rounds, kind = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6]), sys.argv[6]
    tokens, padded = write_pairs(folder, pairs, kind == "alike")
    peers = [
        Peer([os.environ["SEMBLANCE_TRAIN"], folder], threads),
        Peer([sys.executable, HERE / "torch-train.py", folder, str(threads)], threads),
    ]
    difference = max(abs(ours - theirs) for ours, theirs in zip(*(peer.losses for peer in peers)))
    assert difference < TOLERANCE, f"the losses differ by up to {difference}: there is nothing to compare"

    for peer in peers:
        peer.seconds()  # warm-up
    times = [[peer.seconds() for peer in peers] for _ in range(rounds)]
    ours, torch = (STEPS / median(column) for column in zip(*times))
    ratios = [theirs / own for own, theirs in times]  # of one round, so that the machine's drift cancels
    memory = [peer.stop() / 1e6 for peer in peers]
    print(f"| {name} | {pairs} {kind} | {tokens:,.0f} ({padded:,.0f}) | {threads} | {ours:.2f} | {torch:.2f} | {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) "
          f"| {memory[0]:,.0f} | {memory[1]:,.0f} | {difference:.0e} |", flush=True)


main()
