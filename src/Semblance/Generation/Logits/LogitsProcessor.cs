namespace Semblance.Generation;

/// <summary>Changes the scores of the next token before it is chosen: logits, or in a beam search log-probabilities.</summary>
internal abstract class LogitsProcessor
{
    /// <param name="sequence">The tokens so far, the prompt included; for a model with an encoder, those of the decoder.</param>
    /// <param name="scores">The scores, one for each token id; −∞ forbids a token.</param>
    public abstract void Process(ReadOnlySpan<int> sequence, Span<float> scores);

    /// <summary>Returns the processors for a configuration, in the order of the original.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="prompt">The number of tokens before the first new one.</param>
    /// <param name="limit">The maximum number of tokens of a sequence.</param>
    public static IReadOnlyList<LogitsProcessor> Of(GenerationConfig config, int prompt, int limit)
    {
        var processors = new List<LogitsProcessor>();
        void Add(bool wanted, Func<LogitsProcessor> create)
        {
            if (wanted)
            {
                processors.Add(create());
            }
        }

        var shortest = config.MinNewTokens is { } more ? prompt + more : config.MinLength;
        var kept = config.NumBeams > 1 ? config.EosTokenIds.Count + 1 : 1; // a beam search needs a token that does not end the sequence
        Add(config.RepetitionPenalty != 1, () => new RepetitionPenalty(config.RepetitionPenalty));
        Add(config.NoRepeatNgramSize > 0, () => new NoRepeatNgram(config.NoRepeatNgramSize));
        Add(config.EosTokenIds.Count > 0 && shortest > 0, () => new SuppressedTokens(config.EosTokenIds, before: shortest));
        Add(config.ForcedBosTokenId is not null, () => new ForcedTokens([config.ForcedBosTokenId!.Value], length: 1));
        Add(config.ForcedEosTokenIds.Count > 0, () => new ForcedTokens(config.ForcedEosTokenIds, length: limit - 1));
        Add(config.SuppressTokens.Count > 0, () => new SuppressedTokens(config.SuppressTokens));
        Add(config.BeginSuppressTokens.Count > 0, () => new SuppressedTokens(config.BeginSuppressTokens, before: prompt + 1));
        if (config.DoSample)
        {
            Add(config.Temperature != 1, () => new Temperature(config.Temperature));
            Add(config.TopK > 0, () => new TopK(Math.Max(config.TopK, kept)));
            Add(config.TopP < 1, () => new TopP(config.TopP, kept));
            Add(config.MinP is not null, () => new MinP(config.MinP!.Value, kept));
        }

        return processors;
    }
}
