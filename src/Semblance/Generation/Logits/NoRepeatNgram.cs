namespace Semblance.Generation;

/// <summary>Forbids tokens that would repeat an n-gram of the sequence.</summary>
internal sealed class NoRepeatNgram(int size) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        if (sequence.Length < size)
        {
            return;
        }

        var last = sequence[(sequence.Length - size + 1)..];
        for (var i = 0; i + size <= sequence.Length; i++)
        {
            if (sequence.Slice(i, size - 1).SequenceEqual(last))
            {
                scores[sequence[i + size - 1]] = float.NegativeInfinity;
            }
        }
    }
}
