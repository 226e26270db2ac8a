using Semblance.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Semblance;

/// <summary>Checks that vectors, and the sums of their squares, are finite, as distances require.</summary>
internal static class FiniteRows
{
    private const float Largest = 1e15f;

    /// <summary>Returns the vectors as a matrix.</summary>
    /// <exception cref="ArgumentException">A vector has an element that is not finite or too large to be squared.</exception>
    public static Tensor Checked(Tensor embeddings, string parameter)
    {
        ArgumentNullException.ThrowIfNull(embeddings, parameter);
        for (var row = 0; row < embeddings.Rows; row++)
        {
            if (!(Math.Abs(TensorPrimitives.MaxMagnitude(embeddings.Row(row))) <= Largest))
            {
                throw new ArgumentException(
                    $"Vector {row} has a value that is not finite, or beyond 10^15; leave it out, or check the model that computed it.",
                    parameter);
            }
        }

        return embeddings.AsMatrix();
    }
}
