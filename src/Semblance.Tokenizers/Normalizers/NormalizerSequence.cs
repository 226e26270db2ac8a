namespace Semblance.Tokenizers.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class NormalizerSequence(Normalizer[] normalizers) : Normalizer
{
    /// <inheritdoc/>
    public override bool IsLocal { get; } = normalizers.All(normalizer => normalizer.IsLocal);

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        foreach (var normalizer in normalizers)
        {
            normalizer.Normalize(text);
        }
    }
}
