namespace Semblance.Generation;

/// <summary>Forbids tokens, at any length or while the sequence is shorter than a length.</summary>
internal sealed class SuppressedTokens(IReadOnlyList<int> tokens, int before = int.MaxValue) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        for (var i = 0; sequence.Length < before && i < tokens.Count; i++)
        {
            if (tokens[i] < scores.Length)
            {
                scores[tokens[i]] = float.NegativeInfinity;
            }
        }
    }
}
