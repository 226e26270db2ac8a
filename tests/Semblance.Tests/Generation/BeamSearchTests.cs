using Semblance.Generation;

namespace Semblance.Tests.Generation;

public class BeamSearchTests
{
    private const int Vocabulary = 4;
    private const int End = 3;

    [Theory]
    [InlineData(1f)]
    [InlineData(0f)]
    [InlineData(2f)]
    [InlineData(-0.5f)]
    public void With_beams_enough_the_best_sequences_are_those_of_an_exhaustive_search(float penalty)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            const int Longest = 4;
            var model = new TableModel(seed);
            var config = new GenerationConfig { NumBeams = 128, EosTokenIds = [End], LengthPenalty = penalty, EarlyStopping = EarlyStopping.Never };
            var found = model.Search(config, [0], 1 + Longest);

            var all = model.All(Longest).Select(s => (s.Tokens, Score: s.LogProbability / Math.Pow(s.Tokens.Length, penalty))).OrderByDescending(s => s.Score).ToList();
            for (var i = 0; i < 5; i++)
            {
                found[i].Tokens.ShouldBe(all[i].Tokens, $"seed {seed}, place {i}");
                found[i].Score!.Value.ShouldBe(all[i].Score, 1e-5);
                found[i].FinishReason.ShouldBe(all[i].Tokens[^1] == End ? FinishReason.EndOfSequence : FinishReason.Length);
            }
        }
    }

    [Theory]
    [InlineData(EarlyStopping.Heuristic)]
    [InlineData(EarlyStopping.Always)]
    [InlineData(EarlyStopping.Never)]
    public void Each_way_to_stop_finds_what_a_search_written_out_finds(EarlyStopping stopping)
    {
        foreach (var penalty in (float[])[1, 0.3f, -1])
        {
            for (var seed = 0; seed < 40; seed++)
            {
                var model = new TableModel(seed);
                var config = new GenerationConfig { NumBeams = 3, EosTokenIds = [End], LengthPenalty = penalty, EarlyStopping = stopping };
                model.Search(config, [0, 1], 10)[0].Tokens.ShouldBe(WrittenOut(model, config, [0, 1], 10), $"seed {seed}, penalty {penalty}");
            }
        }
    }

    [Fact]
    public void The_same_seed_draws_the_same_beams()
    {
        var model = new TableModel(5);
        int[] Draw(int seed) => [.. model.Search(new GenerationConfig { NumBeams = 3, DoSample = true, Temperature = 4 }, [0], 12, seed)[0].Tokens];
        Draw(1).ShouldBe(Draw(1));
        Enumerable.Range(0, 20).Select(seed => string.Join(' ', Draw(seed))).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void Beams_that_can_only_end_give_what_they_found()
    {
        var model = new TableModel(6);
        var config = new GenerationConfig { NumBeams = 4, EosTokenIds = [End], SuppressTokens = [0, 1, 2] };
        model.Search(config, [0], 8)[0].Tokens.ShouldBe([End]);
    }

    // The original's search with plain lists: sums of all candidates sorted, ended ones kept if they are among the first.
    private static int[] WrittenOut(TableModel model, GenerationConfig config, int[] prompt, int limit)
    {
        var beams = new List<(int[] Tokens, double Sum)> { (prompt, 0) };
        var ended = new List<(int[] Tokens, double Score)>();
        double Score(double sum, int length) => sum / Math.Pow(length, config.LengthPenalty);
        void Keep(int[] tokens, double sum)
        {
            ended.Add((tokens[prompt.Length..], Score(sum, tokens.Length - prompt.Length)));
            ended = [.. ended.OrderByDescending(e => e.Score).Take(config.NumBeams)];
        }

        while (beams[0].Tokens.Length < limit)
        {
            var candidates = beams.SelectMany(beam => model.LogProbabilities(beam.Tokens).Select((p, token) => (Tokens: (int[])[.. beam.Tokens, token], Sum: beam.Sum + p)))
                .OrderByDescending(c => c.Sum).Take(2 * config.NumBeams).ToList();
            foreach (var (tokens, sum) in candidates.Take(config.NumBeams).Where(c => c.Tokens[^1] == End))
            {
                Keep(tokens, sum);
            }

            beams = [.. candidates.Where(c => c.Tokens[^1] != End).Take(config.NumBeams)];
            var length = beams[0].Tokens.Length - prompt.Length;
            if (ended.Count == config.NumBeams && (config.EarlyStopping == EarlyStopping.Always || ended[^1].Score >= Score(
                candidates[0].Sum, config.EarlyStopping == EarlyStopping.Never && config.LengthPenalty > 0 ? limit - prompt.Length : length)))
            {
                return ended[0].Tokens;
            }
        }

        beams.ForEach(beam => Keep(beam.Tokens, beam.Sum));
        return ended[0].Tokens;
    }

    // The next token's logits by the last two tokens and the length, by chance.
    private sealed class TableModel(int seed)
    {
        private readonly float[] _logits = [.. Enumerable.Repeat(new Random(seed), 16 * Vocabulary * Vocabulary * Vocabulary).Select(random => (float)(6 * random.NextDouble()))];

        public float[] Logits(int[] sequence) => _logits.AsSpan(((((sequence.Length * Vocabulary) + (sequence.Length > 1 ? sequence[^2] : 0)) * Vocabulary) + sequence[^1]) * Vocabulary, Vocabulary).ToArray();

        public double[] LogProbabilities(int[] sequence)
        {
            var logits = Logits(sequence);
            var sum = Math.Log(logits.Sum(l => Math.Exp(l)));
            return [.. logits.Select(l => l - sum)];
        }

        public IReadOnlyList<GeneratedSequence> Search(GenerationConfig config, int[] prompt, int limit, int chance = 0)
        {
            // Keeps the sequences as a decoding does: by parents and new tokens alone.
            int[][] sequences = [[]];
            return new BeamSearch(config, prompt, limit, new Random(chance)).Run((tokens, parents) =>
            {
                sequences = [.. parents.Select((parent, i) => (int[])[.. sequences[parent], .. tokens[i]])];
                return [.. sequences.Select(Logits)];
            });
        }

        public IEnumerable<(int[] Tokens, double LogProbability)> All(int longest) => From([0], 0, longest);

        private IEnumerable<(int[] Tokens, double LogProbability)> From(int[] sequence, double sum, int left)
        {
            var next = LogProbabilities(sequence);
            for (var token = 0; token < Vocabulary; token++)
            {
                int[] longer = [.. sequence, token];
                foreach (var found in token == End || left == 1 ? [(longer[1..], sum + next[token])] : From(longer, sum + next[token], left - 1))
                {
                    yield return found;
                }
            }
        }
    }
}
