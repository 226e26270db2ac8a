namespace Semblance;

/// <summary>Represents the options of <see cref="AgglomerativeClustering"/>.</summary>
public sealed record AgglomerativeOptions
{
    /// <summary>Gets the linkage, which defines the distance of two clusters; average by default.</summary>
    public Linkage Linkage { get; init; } = Linkage.Average;

    /// <summary>
    /// Gets the similarity function that the distance of two vectors is computed from: 1 − cosine, or the Euclidean or Manhattan distance.
    /// <see langword="null"/>, the default, for Euclidean with Ward linkage and cosine otherwise.
    /// </summary>
    public SimilarityFunction? Similarity { get; init; }

    /// <summary>Gets the maximum number of threads, including the calling one; all physical cores by default.</summary>
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
            ? throw new ArgumentException(
                $"{Linkage} linkage cannot use {similarity.Name()}: " +
                $"{(Linkage == Linkage.Ward ? "it uses squared Euclidean distances" : "a dot product is not a distance")}.",
                nameof(Similarity))
            : similarity;
    }
}
