using Microsoft.Extensions.VectorData;

namespace Semblance.Extensions.AI;

/// <summary>Represents the conversion of an index's scores, where more is more similar, to those of a distance function.</summary>
/// <param name="Similarity">The similarity function of the index.</param>
/// <param name="Function">The name of the distance function.</param>
internal readonly record struct ScoreScale(SimilarityFunction Similarity, string Function)
{
    /// <summary>Returns the scale of a distance function; cosine similarity for none.</summary>
    /// <exception cref="NotSupportedException">The distance function is not supported.</exception>
    public static ScoreScale Of(string? function) => new(function switch
    {
        null or DistanceFunction.CosineSimilarity or DistanceFunction.CosineDistance => SimilarityFunction.Cosine,
        DistanceFunction.DotProductSimilarity or DistanceFunction.NegativeDotProductSimilarity => SimilarityFunction.DotProduct,
        DistanceFunction.EuclideanDistance or DistanceFunction.EuclideanSquaredDistance => SimilarityFunction.Euclidean,
        DistanceFunction.ManhattanDistance => SimilarityFunction.Manhattan,
        _ => throw new NotSupportedException(
            $"The distance function '{function}' is not supported; use {DistanceFunction.CosineSimilarity}, "
            + $"{DistanceFunction.CosineDistance}, {DistanceFunction.DotProductSimilarity}, "
            + $"{DistanceFunction.NegativeDotProductSimilarity}, {DistanceFunction.EuclideanDistance}, "
            + $"{DistanceFunction.EuclideanSquaredDistance} or, in PostgreSQL, {DistanceFunction.ManhattanDistance}."),
    }, function ?? DistanceFunction.CosineSimilarity);

    /// <summary>Converts a score of the index.</summary>
    public double Convert(float score) => Function switch
    {
        DistanceFunction.CosineDistance => 1 - score,
        DistanceFunction.NegativeDotProductSimilarity => -score,
        DistanceFunction.EuclideanDistance or DistanceFunction.ManhattanDistance => -score,
        DistanceFunction.EuclideanSquaredDistance => (double)score * score,
        _ => score,
    };

    /// <summary>Returns a value that indicates whether a converted score is at least as good as a threshold.</summary>
    public bool Passes(double score, double threshold) =>
        Function is DistanceFunction.CosineSimilarity or DistanceFunction.DotProductSimilarity ? score >= threshold : score <= threshold;
}
