namespace Semblance.Tokenizers.Normalizers;

/// <summary>Applies normalizers one after another.</summary>
internal sealed class NormalizerSequence(Normalizer[] normalizers) : Normalizer
{
    /// <inheritdoc/>
    public override Locality Locality { get; } = normalizers.Select(normalizer => normalizer.Locality).DefaultIfEmpty(Locality.Punctuation).Min();

    /// <inheritdoc/>
    public override double Growth { get; } = normalizers.Aggregate(1.0, (growth, normalizer) => growth * normalizer.Growth);

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        foreach (var normalizer in normalizers)
        {
            normalizer.Normalize(text);
        }
    }
}
