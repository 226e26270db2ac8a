namespace Semblance.Generation;

/// <summary>Represents the best finished sequences of a beam search, as many as it has beams.</summary>
/// <param name="config">The settings of generation.</param>
/// <param name="prompt">The number of tokens before the first new one.</param>
/// <param name="limit">The maximum number of tokens of a sequence.</param>
internal sealed class BeamHypotheses(GenerationConfig config, int prompt, int limit)
{
    private readonly List<GeneratedSequence> _kept = [];

    /// <summary>Gets the sequences by descending score; of equal ones the later found first, as in the original.</summary>
    public IEnumerable<GeneratedSequence> Best => _kept.AsEnumerable().Reverse().OrderByDescending(hypothesis => hypothesis.Score);

    private double Worst => _kept.Min(hypothesis => hypothesis.Score!.Value);

    /// <summary>Adds a sequence if its score is high enough.</summary>
    /// <param name="tokens">The new tokens of the sequence.</param>
    /// <param name="reason">The reason why it ended.</param>
    /// <param name="sum">The sum of the log-probabilities of its tokens.</param>
    public void Add(IReadOnlyList<int> tokens, FinishReason reason, float sum)
    {
        var score = Penalized(sum, tokens.Count);
        if (_kept.Count == config.NumBeams)
        {
            if (score <= Worst)
            {
                return;
            }

            _kept.Remove(_kept.MinBy(hypothesis => hypothesis.Score)!);
        }

        _kept.Add(new GeneratedSequence(tokens, reason, score));
    }

    /// <summary>Returns a value that indicates whether the search is done.</summary>
    /// <param name="best">The largest sum among the candidates of this step.</param>
    /// <param name="length">The number of tokens of the candidates, the prompt included.</param>
    public bool IsDone(float best, int length) => _kept.Count == config.NumBeams && config.EarlyStopping switch
    {
        EarlyStopping.Always => true,
        EarlyStopping.Heuristic => Worst >= Penalized(best, length - prompt),
        // Sums only decrease, so the best that a beam can reach has the length that the penalty favors.
        _ => Worst >= Penalized(best, (config.LengthPenalty > 0 ? limit : length) - prompt),
    };

    private double Penalized(float sum, int length) => sum / Math.Pow(length, config.LengthPenalty);
}
