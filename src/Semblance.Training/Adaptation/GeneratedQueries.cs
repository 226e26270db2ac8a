using Semblance.Generation;

namespace Semblance.Training;

/// <summary>Generates queries for passages with a language model that has an encoder, such as a T5 trained for it.</summary>
/// <remarks>
/// Sampling is that of GPL: top-k 25, top-p 0.95, at most 64 tokens (Wang et al. 2022, arXiv:2112.07577). The seed of a passage depends on
/// its index, so the queries do not depend on the order of the work.
/// </remarks>
internal sealed class GeneratedQueries
{
    private const int LongestPassage = 350; // tokens

    private readonly TextGenerator _generator;

    /// <summary>Initializes a new instance of the <see cref="GeneratedQueries"/> class.</summary>
    /// <exception cref="ArgumentException">The model has no encoder.</exception>
    public GeneratedQueries(TextGenerator generator)
    {
        _generator = generator.Model.HasEncoder ? generator : throw new ArgumentException(
            "The generator of queries has no encoder, so it would continue the passage; expected a T5 that was trained to write queries.",
            nameof(generator));
    }

    /// <summary>Generates queries for a passage.</summary>
    /// <param name="passage">The text of the passage.</param>
    /// <param name="count">The number of queries; equal ones are returned once.</param>
    /// <param name="seed">The random seed.</param>
    /// <param name="cancellationToken">The token that cancels the operation.</param>
    public IEnumerable<string> Of(string passage, int count, int seed, CancellationToken cancellationToken)
    {
        var ids = _generator.Tokenizer.Encode(passage).Ids.ToArray();
        var prompt = ids.Length <= LongestPassage ? ids : [.. ids[..(LongestPassage - 1)], ids[^1]]; // the last ends a text
        var config = _generator.Config with
        {
            DoSample = true,
            TopK = 25,
            TopP = 0.95f,
            NumBeams = 1,
            NumReturnSequences = count,
            MaxNewTokens = 64,
            Seed = seed,
        };
        return _generator.GenerateTokens(prompt, config, cancellationToken)
            .Select(sequence => _generator.Decode(sequence).Trim())
            .Where(query => query.Length > 0)
            .Distinct(StringComparer.Ordinal);
    }
}
