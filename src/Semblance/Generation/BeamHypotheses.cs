namespace Semblance.Generation;

/// <summary>The best whole sequences of a beam search, as many as it has beams.</summary>
/// <param name="config">Beams, length penalty and when to stop.</param>
/// <param name="prompt">The number of tokens before the first new one.</param>
/// <param name="limit">The most tokens of a sequence.</param>
internal sealed class BeamHypotheses(GenerationConfig config, int prompt, int limit)
{
    private readonly List<GeneratedSequence> _kept = [];

    /// <summary>The sequences, the best first; of equals the one found later, as in the original.</summary>
    public IEnumerable<GeneratedSequence> Best => _kept.AsEnumerable().Reverse().OrderByDescending(hypothesis => hypothesis.Score);

    private double Worst => _kept.Min(hypothesis => hypothesis.Score!.Value);

    /// <summary>Keeps a sequence if it is good enough.</summary>
    /// <param name="tokens">Its new tokens.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="sum">The sum of the logarithms of its tokens' probabilities.</param>
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

    /// <summary>Whether no running beam is worth following.</summary>
    /// <param name="best">The greatest sum among the candidates of this step.</param>
    /// <param name="length">The number of their tokens, the prompt's included.</param>
    public bool IsDone(float best, int length) => _kept.Count == config.NumBeams && config.EarlyStopping switch
    {
        EarlyStopping.Always => true,
        EarlyStopping.Heuristic => Worst >= Penalized(best, length - prompt),
        // Sums only fall: what helps them most is the length that the penalty favours.
        _ => Worst >= Penalized(best, (config.LengthPenalty > 0 ? limit : length) - prompt),
    };

    private double Penalized(float sum, int length) => sum / Math.Pow(length, config.LengthPenalty);
}
