using System.Numerics.Tensors;

namespace Semblance.Generation;

/// <summary>
/// Searches for the most likely sequences with several beams. Candidates, hypotheses and the end of the search are those of transformers'
/// beam search; with <see cref="GenerationConfig.DoSample"/>, candidates are sampled from all beams together.
/// </summary>
/// <param name="config">The settings of generation.</param>
/// <param name="prompt">The tokens before the first new one.</param>
/// <param name="limit">The maximum number of tokens of a sequence.</param>
/// <param name="random">The random number generator for sampling candidates.</param>
/// <param name="stops">The strings that end a sequence with its last token; null for none.</param>
internal sealed class BeamSearch(GenerationConfig config, int[] prompt, int limit, Random random, StopStrings? stops = null)
{
    private readonly IReadOnlyList<LogitsProcessor> _processors = LogitsProcessor.Of(config, prompt.Length, limit);
    private readonly BeamHypotheses _hypotheses = new(config, prompt.Length, limit);

    // Enough candidates that at least as many as there are beams do not end.
    private readonly int _candidates = Math.Max(2, config.EosTokenIds.Count + 1) * config.NumBeams;

    /// <summary>Runs the search.</summary>
    /// <param name="step">
    /// Computes the logits of the next token, <c>[beams × vocabulary]</c>, from the last tokens of each beam and the index of the beam that
    /// each continues.
    /// </param>
    /// <returns>The best sequences, as many as there are beams, by descending score.</returns>
    public IReadOnlyList<GeneratedSequence> Run(Func<IReadOnlyList<int[]>, int[], float[][]> step)
    {
        var beams = new List<(int[] Tokens, float Sum)> { (prompt, 0) };
        var scores = step([prompt], [0]);
        while (true)
        {
            var (next, parents, done) = Advance(beams, scores);
            if (done || next.Count == 0 || next[0].Tokens.Length >= limit)
            {
                foreach (var (tokens, sum) in done ? [] : next)
                {
                    _hypotheses.Add(tokens[prompt.Length..], FinishReason.Length, sum);
                }

                return [.. _hypotheses.Best];
            }

            beams = next;
            scores = step([.. beams.Select(beam => new[] { beam.Tokens[^1] })], parents);
        }
    }

    private (List<(int[] Tokens, float Sum)> Beams, int[] Parents, bool Done) Advance(
        List<(int[] Tokens, float Sum)> beams, float[][] scores)
    {
        var vocabulary = scores[0].Length;
        var sums = new float[beams.Count * vocabulary];
        for (var beam = 0; beam < beams.Count; beam++)
        {
            var row = sums.AsSpan(beam * vocabulary, vocabulary);
            LogSoftmax(scores[beam], row);
            foreach (var processor in _processors)
            {
                processor.Process(beams[beam].Tokens, row);
            }

            TensorPrimitives.Add(row, beams[beam].Sum, row);
        }

        var candidates = Candidates(sums);
        var next = new List<(int[] Tokens, float Sum)>();
        var parents = new List<int>();
        for (var rank = 0; rank < candidates.Length && next.Count < config.NumBeams; rank++)
        {
            var (beam, token) = Math.DivRem(candidates[rank], vocabulary);
            var sum = sums[candidates[rank]];
            int[] tokens = [.. beams[beam].Tokens, token];
            var isEnd = config.EosTokenIds.Contains(token);
            if (!isEnd && stops?.EndIn(tokens) != true)
            {
                next.Add((tokens, sum));
                parents.Add(beam);
            }
            else if (rank < config.NumBeams)
            {
                _hypotheses.Add(tokens[prompt.Length..], isEnd ? FinishReason.EndOfSequence : FinishReason.StopString, sum);
            }
        }

        var done = candidates.Length == 0 || _hypotheses.IsDone(sums[candidates[0]], beams[0].Tokens.Length + 1);
        return (next, [.. parents], done);
    }

    // Returns the indices of the largest sums, or of sampled ones, in descending order.
    private int[] Candidates(float[] sums)
    {
        var indices = config.DoSample ? TokenSampler.Draw(sums, random, _candidates) : Best(sums, _candidates);
        return [.. indices.Where(index => sums[index] > float.NegativeInfinity)
            .OrderByDescending(index => sums[index]).ThenBy(index => index)];
    }

    private static int[] Best(float[] values, int count)
    {
        var best = new PriorityQueue<int, (float Value, int Index)>(count + 1);
        for (var i = 0; i < values.Length; i++)
        {
            if (best.Count < count)
            {
                best.Enqueue(i, (values[i], -i));
            }
            else if (best.TryPeek(out _, out var least) && values[i] > least.Value)
            {
                best.EnqueueDequeue(i, (values[i], -i));
            }
        }

        return [.. best.UnorderedItems.Select(item => item.Element)];
    }

    private static void LogSoftmax(ReadOnlySpan<float> logits, Span<float> result)
    {
        var max = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - max);
        }

        TensorPrimitives.Subtract(logits, max + (float)Math.Log(sum), result);
    }
}
