using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Vectors made ready to be compared with many others.</summary>
/// <remarks>
/// The score of two vectors has the same bits wherever they stand, whatever stands beside them, and whichever of the
/// two is the comparand.
/// </remarks>
internal sealed class Comparand
{
    private readonly SimilarityFunction _similarity;
    private readonly Tensor _rows;
    private readonly PreparedMatrix? _product;

    /// <param name="rows">What <see cref="Ready"/> gave; kept.</param>
    /// <param name="similarity">How to compare.</param>
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

    /// <summary>Vectors in the form in which they are compared: of length one for the cosine.</summary>
    public static Tensor Ready(Computation run, Tensor rows, SimilarityFunction similarity) =>
        similarity == SimilarityFunction.Cosine ? run.Normalize(rows) : rows;

    /// <summary>The scores of other vectors (ready ones) with these: <c>[others × count]</c>.</summary>
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
