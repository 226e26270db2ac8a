using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Prepares vectors for comparison, for implementations of <see cref="IVectorIndex"/>.</summary>
public static class ReadyVector
{
    /// <summary>Checks and copies a vector, normalized to length 1 for cosine similarity.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="dimension">The expected number of elements.</param>
    /// <param name="similarity">The similarity function of the index.</param>
    /// <param name="id">The id of a record, for messages; <see langword="null"/> for a query.</param>
    /// <param name="row">The row of the query, for messages; <see langword="null"/> for a single query.</param>
    /// <returns>The copy.</returns>
    /// <exception cref="ArgumentException">
    /// The vector has another dimension, is not finite, or its squared length exceeds float32.
    /// </exception>
    public static float[] Of(ReadOnlySpan<float> vector, int dimension, SimilarityFunction similarity, VectorId? id = null, int? row = null)
    {
        if (vector.Length != dimension)
        {
            throw new ArgumentException(
                $"{Name()} has {vector.Length} elements, and the index holds vectors of {dimension}; are they of the same model?",
                nameof(vector));
        }

        var squares = PairSums.Product(vector, vector);
        if (!float.IsFinite((float)(4 * squares))) // the squared distance of two such vectors must be a float32 too
        {
            throw new ArgumentException(
                TensorPrimitives.IsFiniteAll(vector)
                    ? $"{Name()} is too long: its squared length exceeds float32; normalize the vector."
                    : $"{Name()} holds a value that is not a finite number; remove the vector, or find the cause of the value.",
                nameof(vector));
        }

        var ready = vector.ToArray();
        if (similarity == SimilarityFunction.Cosine && squares > 0)
        {
            var scale = 1 / Math.Sqrt(squares);
            foreach (ref var value in ready.AsSpan())
            {
                value = (float)(value * scale);
            }
        }

        return ready;

        string Name() =>
            id is not null ? $"The vector with the id '{StoredText.Escaped(id.Value)}'" : row is null ? "The query" : $"Query {row}";
    }
}
