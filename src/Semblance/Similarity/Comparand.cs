using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Represents vectors that are prepared for comparison with many others.</summary>
/// <remarks>
/// The score of two vectors has the same bits at any position, beside any other vectors, and whichever of the two is the comparand.
/// </remarks>
internal sealed class Comparand
{
    private readonly SimilarityFunction _similarity;
    private readonly Tensor _rows;
    private readonly PreparedMatrix? _product;

    /// <param name="rows">The result of <see cref="Ready"/>; it is not copied.</param>
    /// <param name="similarity">The similarity function.</param>
    public Comparand(Tensor rows, SimilarityFunction similarity)
    {
        _rows = rows;
        _similarity = similarity;
        if (similarity is SimilarityFunction.Cosine or SimilarityFunction.DotProduct)
        {
            _product = new PreparedMatrix(rows);
            _product.Prepare();
        }
    }

    public int Count => _rows.Rows;

    /// <summary>Returns vectors in the form in which they are compared: normalized to length 1 for the cosine.</summary>
    public static Tensor Ready(Computation run, Tensor rows, SimilarityFunction similarity) =>
        similarity == SimilarityFunction.Cosine ? run.Normalize(rows) : rows;

    /// <summary>Returns the scores of other vectors, results of <see cref="Ready"/>, with these: <c>[others × count]</c>.</summary>
    public Tensor Scores(Computation run, Tensor others)
    {
        if (_product is not null)
        {
            return run.MatrixProduct(others, _product);
        }

        var distances = run.Distances(others, _rows, _similarity == SimilarityFunction.Euclidean ? Distance.Euclidean : Distance.Manhattan);
        TensorPrimitives.Subtract(0f, distances.Values, distances.Writable);
        return distances;
    }
}
