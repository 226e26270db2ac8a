"""Text to ids in Semblance and the reference, in turns, on one thread: megabytes of UTF-8 a second."""
import gzip, json, os, statistics, subprocess, sys

work, shared, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
here = os.path.dirname(os.path.abspath(__file__))
families = [
    ("WordPiece", "bert-base-uncased"), ("BPE, byte level", "roberta-base"), ("BPE, byte level, NFC", "gpt-neox-20b"),
    ("BPE, CLIP", "clip"), ("Unigram, T5", "t5-small"), ("Unigram, XLM-R", "xlm-roberta-base"), ("Unigram, ALBERT", "albert-base-v2"),
]

with gzip.open(f"{shared}/data/speed/sentences-10k.txt.gz", "rt", encoding="utf-8") as file:
    sentences = file.read().splitlines()
whole = " ".join(sentences)
texts = {"short": sentences, "long": [whole[i:i + 100_000] for i in range(0, len(whole), 100_000)]}
for kind, some in texts.items():
    with open(f"{work}/{kind}.json", "w", encoding="utf-8") as file:
        json.dump(some, file)


def start(command):
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=dict(os.environ, TOKENIZERS_PARALLELISM="false", RAYON_NUM_THREADS="1"))


def run(process):
    process.stdin.write("\n")
    process.stdin.flush()
    seconds, tokens, total = process.stdout.readline().split()
    return float(seconds), (int(tokens), int(total))


for family, name in families:
    folder = f"{work}/{name}"
    os.makedirs(folder, exist_ok=True)
    source = f"{shared}/fixtures/tokenizers/{name}/tokenizer.json"
    content = open(source, "rb").read() if os.path.exists(source) else gzip.open(source + ".gz").read()
    with open(folder + "/tokenizer.json", "wb") as file:
        file.write(content)
    cells = []
    for kind, some in texts.items():
        megabytes = sum(len(text.encode()) for text in some) / 1e6
        peers = [start([os.environ["SEMBLANCE_TOKENIZE"], folder, f"{work}/{kind}.json"]), start(["node", f"{here}/reference-tokenize.mjs", folder, f"{work}/{kind}.json"])]
        for _ in range(3):
            ids = [run(peer)[1] for peer in peers]
        assert ids[0] == ids[1], f"{family}, {kind}: {ids[0]} tokens and their sum, but {ids[1]} of the reference"
        times = [[run(peer)[0] for peer in peers] for _ in range(rounds)]
        for peer in peers:
            peer.stdin.close()
            peer.wait()
        ratios = [reference / ours for ours, reference in times]
        cells += [f"{megabytes / statistics.median(column):.1f}" for column in zip(*times)] + [f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"]
    print(f"| {family} | " + " | ".join(cells) + " |", flush=True)
