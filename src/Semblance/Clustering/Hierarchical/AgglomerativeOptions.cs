namespace Semblance;

/// <summary>How <see cref="AgglomerativeClustering"/> measures.</summary>
public sealed record AgglomerativeOptions
{
    /// <summary>How far apart two clusters are; average by default.</summary>
    public Linkage Linkage { get; init; } = Linkage.Average;

    /// <summary>
    /// What the distance of two vectors comes from: one less the cosine, or the Euclidean or Manhattan distance. Null, the default, is Euclidean for
    /// Ward and the cosine otherwise.
    /// </summary>
    public SimilarityFunction? Similarity { get; init; }

    /// <summary>The maximum number of threads to use, the caller's included; all physical cores by default.</summary>
    public int MaxThreads { get; init; } = int.MaxValue;

    internal SimilarityFunction Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads, 1);
        if (!Enum.IsDefined(Linkage))
        {
            throw new ArgumentOutOfRangeException(nameof(Linkage), Linkage, "There is no such linkage.");
        }

        var similarity = (Similarity ?? (Linkage == Linkage.Ward ? SimilarityFunction.Euclidean : SimilarityFunction.Cosine)).Checked();
        return similarity == SimilarityFunction.DotProduct || (Linkage == Linkage.Ward && similarity != SimilarityFunction.Euclidean)
            ? throw new ArgumentException($"{Linkage} linkage cannot use {similarity.Name()}: {(Linkage == Linkage.Ward ? "it is about squared Euclidean distances" : "a dot product is no distance")}.", nameof(Similarity))
            : similarity;
    }
}
