namespace Semblance.Generation;

/// <summary>Makes tokens that already occur in the sequence less likely (Keskar et al. 2019, arXiv:1909.05858).</summary>
internal sealed class RepetitionPenalty(float penalty) : LogitsProcessor
{
    public override void Process(ReadOnlySpan<int> sequence, Span<float> scores)
    {
        foreach (var token in new HashSet<int>([.. sequence]))
        {
            scores[token] = scores[token] < 0 ? scores[token] * penalty : scores[token] / penalty;
        }
    }
}
