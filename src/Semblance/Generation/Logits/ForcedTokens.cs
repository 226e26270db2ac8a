namespace Semblance.Generation;

/// <summary>Forbids all but some tokens at one length of the sequence.</summary>
internal sealed class ForcedTokens(IReadOnlyList<int> tokens, int length) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (sequence.Length == length)
        {
            scores.Fill(float.NegativeInfinity);
            foreach (var token in tokens)
            {
                scores[token] = 0;
            }
        }
    }
}
